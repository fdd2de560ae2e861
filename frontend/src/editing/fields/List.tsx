// Several of one kind. How they stand follows from what they are: prices in a grid, pictures side by side, other entries
// as names, everything else one below the other.

import { type ReactNode, useState } from "react";

import { useDrop } from "../../media/drop";
import { isPicture } from "../../media/files";
import { UploadList } from "../../media/UploadList";
import { upload, useUploads } from "../../media/uploads";
import { useMay } from "../../shell/queries";
import { useSpeaker } from "../../state/interface";
import { Icon } from "../../ui/icons";
import { Button } from "../../ui/parts";
import { useReorder } from "../../ui/reorder";
import { idOf, useEditing, useProblem, useValue } from "../context";
import { titleOf } from "../document/declared";
import { identified, newId } from "../document/lists";
import { KindFor } from "./FieldFor";
import { Frame } from "./Frame";
import { Laid } from "./Group";
import { ChoosePictures, pictureFrom } from "./ImagePicker";
import { Handle, ItemButtons } from "./ItemHead";
import { useItems } from "./items";
import type { KindOf, KindProps } from "./kind";
import { Rates, seasonsIn } from "./Rates";
import { References } from "./References";

/** Up to so many items stand open from the start. */
const OPEN_AT_FIRST = 2;

export function ListField(props: KindProps<"list">) {
  const { item } = props.kind;
  if (item.kind === "group") {
    const seasons = seasonsIn(item);
    return seasons === null ? <Cards {...props} item={item} /> : <Rates {...props} seasons={seasons} />;
  }
  if (item.kind === "reference") return <References {...props} to={item.to} />;
  return <Rows {...props} />;
}

/** Items that are one value each. */
function Rows(props: KindProps<"list">) {
  const say = useSpeaker();
  const mayUpload = useMay()("media.manage");
  const { isReadOnly, site } = useEditing();
  const [value] = useValue(props.path);
  const { items, ...steps } = useItems(props.path, value);
  const reorder = useReorder(items.length, steps.move);
  const { item } = props.kind;
  const isPictures = item.kind === "image";
  const [isChoosing, setIsChoosing] = useState(false);
  const [started, setStarted] = useState<readonly number[]>([]);
  const sending = useUploads((state) => state.uploads).filter((each) => started.includes(each.id) && each.item === null);
  const drop = useDrop(isPictures && mayUpload && !isReadOnly, (files) => {
    const uploads = upload(files.filter(isPicture), site.id);
    setStarted([...started, ...uploads.map(({ id }) => id)]);
    for (const { item: arriving } of uploads) void arriving.then((made) => made !== null && steps.append([pictureFrom(made)]));
  });
  return (
    <Frame of={props} isGroup>
      {(control) => (
        <div className="stack stack-narrow gallery-drop" data-over={drop.isOver} {...(isPictures ? drop.listeners : {})}>
          {items.length > 0 && (
            <ul className={isPictures ? "gallery" : "rows"} id={control.id} tabIndex={-1}>
              {items.map((_, index) => {
                const name = say("edit.item", { name: props.label, place: say.number(index + 1) });
                return (
                  // Plain values have no id; their place is what they are known by.
                  <li key={index} data-item data-drag={reorder.mark(index)} className={isPictures ? "gallery-item" : "rows-item"}>
                    {!isReadOnly && !isPictures && <Handle name={name} index={index} reorder={reorder} />}
                    <div className="grow">
                      <KindFor kind={item} label={name} help="" path={[...props.path, index]} isLocalized={false} isRequired={false} isBare />
                    </div>
                    {!isReadOnly && (
                      <div className="row row-apart">
                        {isPictures && <Handle name={name} index={index} reorder={reorder} />}
                        <ItemButtons name={name} index={index} count={items.length} onMove={steps.move} onRemove={() => steps.remove(index, name)} />
                      </div>
                    )}
                  </li>
                );
              })}
            </ul>
          )}
          <Add isFull={items.length >= props.kind.max_items} isReadOnly={isReadOnly} isEmpty={items.length === 0} onAdd={() => (isPictures ? setIsChoosing(true) : steps.add(""))} />
          {sending.length > 0 && <UploadList uploads={sending} />}
          {isChoosing && (
            <ChoosePictures
              isSeveral
              onClose={() => setIsChoosing(false)}
              onChoose={(pictures) => {
                steps.append(pictures);
                setIsChoosing(false);
              }}
            />
          )}
        </div>
      )}
    </Frame>
  );
}

function Add({ isFull, isReadOnly, isEmpty, onAdd }: { isFull: boolean; isReadOnly: boolean; isEmpty: boolean; onAdd: () => void }) {
  const say = useSpeaker();
  if (isReadOnly) return isEmpty ? <p className="soft small">{say("edit.emptyList")}</p> : null;
  return (
    <div className="row">
      <Button isSmall icon="plus" disabled={isFull} onClick={onAdd}>
        {say("edit.add")}
      </Button>
      {isFull && <span className="soft small">{say("edit.full")}</span>}
    </div>
  );
}

/** Items that are groups of fields: each folds to its title. */
function Cards({ item, ...props }: KindProps<"list"> & { item: KindOf<"group"> }) {
  const say = useSpeaker();
  const { isReadOnly, locale } = useEditing();
  const [value] = useValue(props.path);
  const { items, ...steps } = useItems(props.path, value);
  const reorder = useReorder(items.length, steps.move);
  const [opened, setOpened] = useState<Record<string, boolean>>({});
  return (
    <Frame of={props} isGroup>
      {(control) => (
        <div className="stack stack-narrow">
          {items.length > 0 && (
            <ol className="rows" id={control.id} tabIndex={-1}>
              {items.map((one, index) => {
                const id = identified(one) ? one.id : String(index);
                const title = titleOf(item.fields, one, locale, say);
                const name = title === "" ? say("edit.item", { name: props.label, place: say.number(index + 1) }) : title;
                return (
                  <Card
                    key={id}
                    name={name}
                    mark={reorder.mark(index)}
                    path={[...props.path, index]}
                    isOpen={opened[id] ?? items.length <= OPEN_AT_FIRST}
                    onToggle={(isOpen) => setOpened({ ...opened, [id]: isOpen })}
                    fields={item.fields}
                    handle={!isReadOnly && <Handle name={name} index={index} reorder={reorder} />}
                    buttons={!isReadOnly && <ItemButtons name={name} index={index} count={items.length} onMove={steps.move} onDuplicate={() => steps.duplicate(index)} onRemove={() => steps.remove(index, name)} />}
                  />
                );
              })}
            </ol>
          )}
          <Add
            isFull={items.length >= props.kind.max_items}
            isReadOnly={isReadOnly}
            isEmpty={items.length === 0}
            onAdd={() => {
              const id = newId();
              setOpened({ ...opened, [id]: true });
              steps.add({ id });
            }}
          />
        </div>
      )}
    </Frame>
  );
}

interface CardProps {
  name: string;
  mark: string | undefined;
  path: KindProps<"list">["path"];
  isOpen: boolean;
  onToggle: (isOpen: boolean) => void;
  fields: KindOf<"group">["fields"];
  handle: ReactNode;
  buttons: ReactNode;
}

function Card({ name, mark, path, isOpen, onToggle, fields, handle, buttons }: CardProps) {
  // A problem inside of it opens it: nobody looks for an error in a folded card.
  const isWrong = useProblem(path, true) !== undefined;
  const isShown = isOpen || isWrong;
  return (
    <li className="item" data-item data-drag={mark} id={idOf(path)} tabIndex={-1}>
      <div className="item-head">
        {handle}
        <button type="button" className="item-title" aria-expanded={isShown} onClick={() => onToggle(!isShown)}>
          <Icon name={isShown ? "fold" : "unfold"} size={16} />
          <span className="break">{name}</span>
        </button>
        {buttons}
      </div>
      {isShown && (
        <div className="item-body">
          <Laid fields={fields} path={path} />
        </div>
      )}
    </li>
  );
}
