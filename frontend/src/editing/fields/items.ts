// The steps that every list offers, with what is said of them.

import { useAnnouncement, useMessages, useSpeaker } from "../../state/interface";
import { useEditing } from "../context";
import { copyOf, insert, move, remove } from "../document/lists";
import { at, type Path } from "../document/paths";

export interface Items {
  items: readonly unknown[];
  add: (item: unknown, index?: number) => void;
  /** Behind what is there by then. */
  append: (items: readonly unknown[]) => void;
  move: (from: number, to: number) => void;
  /** With another way of copying where items have what no two may have. */
  duplicate: (index: number, copy?: (item: unknown) => unknown) => void;
  remove: (index: number, name: string) => void;
}

export function useItems(path: Path, value: unknown): Items {
  const say = useSpeaker();
  const { session } = useEditing();
  const show = useMessages((state) => state.show);
  const announce = useAnnouncement((state) => state.announce);
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  // The newest list, not the one of the moment when a message was shown.
  const now = (): unknown[] => {
    const list = at(session.store.getState().document, path);
    return Array.isArray(list) ? list : [];
  };
  const write = (list: unknown[]) => session.change(path, list.length === 0 ? undefined : list);
  return {
    items,
    add: (item, index = items.length) => write(insert(items, index, item)),
    append: (added) => write([...now(), ...added]),
    move: (from, to) => {
      write(move(items, from, to));
      announce(say("edit.moved", { place: say.number(to + 1), of: say.number(items.length) }));
    },
    duplicate: (index, copy = copyOf) => write(insert(items, index + 1, copy(items[index]))),
    remove: (index, name) => {
      const item = items[index];
      write(remove(items, index));
      show(say("edit.removed", { name }), {
        label: say("edit.undo"),
        run: () => write(insert(now(), Math.min(index, now().length), item)),
      });
    },
  };
}
