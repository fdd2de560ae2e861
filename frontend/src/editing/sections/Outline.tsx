// The sections of a page in their order. Everything here goes by button, by key and by dragging.

import { type KeyboardEvent, useState } from "react";

import { useSpeaker } from "../../state/interface";
import { declaredIcon, Icon } from "../../ui/icons";
import { Button } from "../../ui/parts";
import { useReorder } from "../../ui/reorder";
import { useEditing, useProblem, useValue } from "../context";
import { type Field, type SectionDeclaration, titleOf } from "../document/declared";
import { copyOfSection, newId } from "../document/lists";
import { at } from "../document/paths";
import { Handle, ItemButtons } from "../fields/ItemHead";
import { useItems } from "../fields/items";
import { hasSpan, isForSome } from "../Shown";
import { SectionPicker } from "./SectionPicker";

interface OutlineProps {
  field: Field;
  chosen: string | undefined;
  onChoose: (id: string | undefined) => void;
}

export function Outline({ field, chosen, onChoose }: OutlineProps) {
  const say = useSpeaker();
  const { type, sections, isReadOnly, locale } = useEditing();
  const [value] = useValue([field.name]);
  const { items, ...steps } = useItems([field.name], value);
  const reorder = useReorder(items.length, steps.move);
  const [isAdding, setIsAdding] = useState(false);
  const ids = items.map((item) => String(at(item, ["id"])));
  const drop = (index: number, name: string) => {
    steps.remove(index, name);
    if (ids[index] === chosen) onChoose(ids[index + 1] ?? ids[index - 1]);
  };
  const keys = (index: number, name: string) => (event: KeyboardEvent) => {
    reorder.keys(index)(event);
    if (isReadOnly || event.defaultPrevented) return;
    if (event.key === "Delete") {
      event.preventDefault();
      drop(index, name);
    } else if ((event.ctrlKey || event.metaKey) && event.key === "d") {
      event.preventDefault();
      steps.duplicate(index, copyOfSection);
    }
  };
  return (
    <nav className="outline" aria-label={say("sections.outline")}>
      <button type="button" className="outline-link" aria-current={chosen === undefined} onClick={() => onChoose(undefined)}>
        <Icon name="settings" size={16} />
        <span className="grow">{type.name === "page" ? say("sections.page") : say.of(type.title)}</span>
      </button>
      <ol className="outline-list">
        {items.map((item, index) => {
          const id = ids[index] ?? "";
          const section = sections.find((each) => each.name === at(item, ["type"]));
          const kind = section === undefined ? String(at(item, ["type"])) : say.of(section.title);
          const title = section === undefined ? "" : titleOf(section.fields, item, locale, say);
          const name = title === "" ? kind : title;
          return (
            <li key={id} className="outline-item" data-item data-drag={reorder.mark(index)} data-chosen={id === chosen}>
              {!isReadOnly && <Handle name={name} index={index} reorder={reorder} />}
              <button type="button" className="outline-link" aria-current={id === chosen} onClick={() => onChoose(id)} onKeyDown={keys(index, name)}>
                <Icon name={declaredIcon(section?.icon ?? "")} size={16} />
                <span className="outline-words">
                  <span className="outline-title">{name}</span>
                  {title !== "" && <span className="soft small">{kind}</span>}
                </span>
                {hasSpan(item) && (
                  <span className="soft" title={say("shown.title")}>
                    <Icon name="jobs" size={16} />
                    <span className="hidden-visually">{say("shown.hasSpan")}</span>
                  </span>
                )}
                {isForSome(item) && (
                  <span className="soft" title={say("shown.whereTitle")}>
                    <Icon name="language" size={16} />
                    <span className="hidden-visually">{say("shown.isForSome")}</span>
                  </span>
                )}
                <Wrong path={[field.name, index]} />
              </button>
              {!isReadOnly && id === chosen && <ItemButtons name={name} index={index} count={items.length} onMove={steps.move} onDuplicate={() => steps.duplicate(index, copyOfSection)} onRemove={() => drop(index, name)} />}
            </li>
          );
        })}
      </ol>
      {items.length === 0 && <p className="soft small outline-empty">{say("sections.empty")}</p>}
      {!isReadOnly && (
        <Button icon="plus" onClick={() => setIsAdding(true)}>
          {say("sections.add")}
        </Button>
      )}
      {isAdding && (
        <SectionPicker
          allowed={field.kind === "sections" ? field.allowed : []}
          onClose={() => setIsAdding(false)}
          onChoose={(section: SectionDeclaration) => {
            const id = newId();
            const after = chosen === undefined ? -1 : ids.indexOf(chosen);
            steps.add({ id, type: section.name }, after < 0 ? items.length : after + 1);
            setIsAdding(false);
            onChoose(id);
          }}
        />
      )}
    </nav>
  );
}

function Wrong({ path }: { path: (string | number)[] }) {
  const say = useSpeaker();
  const problem = useProblem(path, true);
  return problem === undefined ? null : (
    <span className="outline-wrong" title={problem}>
      <Icon name="warning" size={16} />
      <span className="hidden-visually">{say("sections.wrong")}</span>
    </span>
  );
}
