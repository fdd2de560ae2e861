import { useSpeaker } from "../../state/interface";
import { useEditing, useValue } from "../context";
import { Frame } from "./Frame";
import type { KindProps } from "./kind";
import { asText, useTyped } from "./typed";

const read = (text: string) => (/^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text) ? text.toLowerCase() : undefined);

export function ColourField(props: KindProps<"colour">) {
  const say = useSpeaker();
  const { isReadOnly } = useEditing();
  const [value, setValue] = useValue(props.path);
  const typed = useTyped(props.path, asText, read);
  return (
    <Frame of={props}>
      {(control) => (
        <div className="row row-fixed">
          <input className="swatch" type="color" aria-label={say("edit.pickColour", { name: props.label })} disabled={isReadOnly} value={typeof value === "string" && value.length === 7 ? value : "#808080"} onChange={(event) => setValue(event.target.value)} />
          <input className="control control-figure" type="text" spellCheck={false} {...control} {...typed} />
        </div>
      )}
    </Frame>
  );
}
