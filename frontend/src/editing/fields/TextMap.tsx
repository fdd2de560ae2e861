// Names and texts of one's own. The rows have an order while they are typed; the stored map has none.

import { useState } from "react";

import { useSpeaker } from "../../state/interface";
import { Button } from "../../ui/parts";
import { useEditing, useValue } from "../context";
import { isObject, same } from "../document/paths";
import { Frame } from "./Frame";
import type { KindProps } from "./kind";

type Row = [name: string, text: string];

function rowsOf(value: unknown): Row[] {
  return isObject(value) ? Object.entries(value).map(([name, text]) => [name, typeof text === "string" ? text : ""]) : [];
}

/** `Minimum nights` as the server writes names: `minimum_nights`. */
function nameOf(text: string): string {
  return text.normalize("NFKD").toLowerCase().replaceAll(/[^a-z0-9]+/g, "_").replaceAll(/^_|_$/g, "");
}

export function TextMapField(props: KindProps<"text_map">) {
  const say = useSpeaker();
  const { isReadOnly } = useEditing();
  const [value, setValue] = useValue(props.path);
  // With the value that they gave: when that changes from elsewhere, the typed rows are outdated.
  const [typed, setTyped] = useState<{ rows: Row[]; gave: unknown } | null>(null);
  const rows = typed !== null && same(typed.gave, value) ? typed.rows : rowsOf(value);
  const write = (next: Row[]) => {
    const filled = next.map(([name, text]): Row => [nameOf(name), text]).filter(([name, text]) => name !== "" && text !== "");
    const gave = filled.length === 0 ? undefined : Object.fromEntries(filled);
    setTyped({ rows: next, gave });
    setValue(gave);
  };
  const change = (index: number, row: Row) => write(rows.map((each, place) => (place === index ? row : each)));
  return (
    <Frame of={props} isDeep isGroup>
      {(control) => (
        <div className="stack stack-narrow">
          {rows.map(([name, text], index) => (
            <div className="pair" key={index}>
              <input {...(index === 0 ? { id: control.id } : {})} className="control" disabled={isReadOnly} aria-label={say("edit.mapName")} value={name} onChange={(event) => change(index, [event.target.value, text])} />
              <input className="control" disabled={isReadOnly} aria-label={name === "" ? say("edit.mapText") : name} value={text} onChange={(event) => change(index, [name, event.target.value])} />
              {!isReadOnly && <Button kind="quiet" isSmall icon="close" aria-label={say("action.removeThing", { name })} onClick={() => write(rows.filter((_, place) => place !== index))} />}
            </div>
          ))}
          {!isReadOnly && (
            <div>
              <Button isSmall icon="plus" onClick={() => write([...rows, ["", ""]])}>
                {say("edit.add")}
              </Button>
            </div>
          )}
        </div>
      )}
    </Frame>
  );
}
