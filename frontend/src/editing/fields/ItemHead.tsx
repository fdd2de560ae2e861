// The handle of a list's item and its buttons: what can be dragged can be moved by button and by key as well.

import type { ReactNode } from "react";

import { useSpeaker } from "../../state/interface";
import { Icon } from "../../ui/icons";
import { Button } from "../../ui/parts";
import type { useReorder } from "../../ui/reorder";

interface HandleProps {
  name: string;
  index: number;
  reorder: ReturnType<typeof useReorder>;
}

export function Handle({ name, index, reorder }: HandleProps) {
  const say = useSpeaker();
  return (
    <button type="button" className="handle" aria-label={say("edit.moveThing", { name })} title={say("edit.moveHelp")} onKeyDown={reorder.keys(index)} {...reorder.handle(index)}>
      <Icon name="handle" size={16} />
    </button>
  );
}

interface ItemButtonsProps {
  name: string;
  index: number;
  count: number;
  onMove: (from: number, to: number) => void;
  onDuplicate?: () => void;
  onRemove: () => void;
  children?: ReactNode;
}

export function ItemButtons({ name, index, count, onMove, onDuplicate, onRemove, children }: ItemButtonsProps) {
  const say = useSpeaker();
  return (
    <span className="item-buttons">
      {children}
      <Button kind="quiet" isSmall icon="up" disabled={index === 0} aria-label={say("edit.moveUp", { name })} onClick={() => onMove(index, index - 1)} />
      <Button kind="quiet" isSmall icon="down" disabled={index === count - 1} aria-label={say("edit.moveDown", { name })} onClick={() => onMove(index, index + 1)} />
      {onDuplicate !== undefined && <Button kind="quiet" isSmall icon="copy" aria-label={say("edit.duplicateThing", { name })} onClick={onDuplicate} />}
      <Button kind="quiet-danger" isSmall icon="bin" aria-label={say("action.removeThing", { name })} onClick={onRemove} />
    </span>
  );
}
