// Several other entries, by name: amenities of a room.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { entriesOf } from "../../shell/queries";
import { useSpeaker } from "../../state/interface";
import { Choose } from "../../ui/choose";
import { Button, Dialog } from "../../ui/parts";
import { useReorder } from "../../ui/reorder";
import { useEditing, useValue } from "../context";
import { Frame } from "./Frame";
import { Handle } from "./ItemHead";
import { useItems } from "./items";
import type { KindProps } from "./kind";

export function References({ to, ...props }: KindProps<"list"> & { to: string }) {
  const say = useSpeaker();
  const { site, isReadOnly } = useEditing();
  const [value] = useValue(props.path);
  const { items, ...steps } = useItems(props.path, value);
  const reorder = useReorder(items.length, steps.move);
  const known = useQuery(entriesOf(site.id, to)).data?.results;
  const [isChoosing, setIsChoosing] = useState(false);
  const nameOf = (id: unknown) => known?.find((entry) => entry.id === id)?.title ?? say(known === undefined ? "state.loading" : "edit.deletedThing");
  return (
    <>
      <Frame of={props} isGroup>
        {(control) => (
          <div className="stack stack-narrow">
            {items.length > 0 && (
              <ul className="chips" id={control.id} tabIndex={-1}>
                {items.map((id, index) => (
                  <li key={String(id)} className="chip" data-item data-drag={reorder.mark(index)}>
                    {!isReadOnly && <Handle name={nameOf(id)} index={index} reorder={reorder} />}
                    <span className="break">{nameOf(id)}</span>
                    {!isReadOnly && <Button kind="quiet" isSmall icon="close" aria-label={say("action.removeThing", { name: nameOf(id) })} onClick={() => steps.remove(index, nameOf(id))} />}
                  </li>
                ))}
              </ul>
            )}
            {isReadOnly ? (
              items.length === 0 && <p className="soft small">{say("edit.emptyList")}</p>
            ) : (
              <div>
                <Button isSmall icon="plus" disabled={items.length >= props.kind.max_items} onClick={() => setIsChoosing(true)}>
                  {say("edit.add")}
                </Button>
              </div>
            )}
          </div>
        )}
      </Frame>
      {isChoosing && (
        <Dialog title={props.label} closeLabel={say("action.close")} onClose={() => setIsChoosing(false)}>
          <Choose
            label={say("list.search")}
            options={(known ?? []).map((entry) => ({ id: entry.id, label: entry.title, isChosen: items.includes(entry.id) }))}
            nothing={(typed) => (typed === "" ? say("edit.nothingToChoose") : say("list.nothing", { search: typed }))}
            onChoose={(id) => {
              const index = items.indexOf(id);
              if (index < 0) steps.add(id);
              else steps.remove(index, nameOf(id));
            }}
          />
          <div className="dialog-foot">
            <Button kind="primary" onClick={() => setIsChoosing(false)}>
              {say("action.done")}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
