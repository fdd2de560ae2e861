import { useSpeaker } from "../../state/interface";
import { useEditing, useValue } from "../context";
import { Frame } from "./Frame";
import type { KindProps } from "./kind";
import { asText, useTyped } from "./typed";

/** Below this share of the limit nobody needs to count. */
const COUNTED_FROM = 0.8;

export function TextField(props: KindProps<"text">) {
  const say = useSpeaker();
  const { locale } = useEditing();
  const [value, setValue] = useValue(props.path);
  const text = typeof value === "string" ? value : "";
  const { max_length: most, multiline } = props.kind;
  const length = Array.from(text).length;
  const language = props.isLocalized ? { lang: locale, dir: "auto" } : {};
  const aside = length > most * COUNTED_FROM && (
    <span className={`small numbers ${length > most ? "field-error" : "soft"}`}>{say("edit.length", { length: say.number(length), most: say.number(most) })}</span>
  );
  const common = { ...language, value: text, onChange: (event: { target: { value: string } }) => setValue(event.target.value === "" ? undefined : event.target.value) };
  return (
    <Frame of={props} aside={aside}>
      {(control) => (multiline && !props.isBare ? <textarea className="control control-area" rows={2} {...control} {...common} /> : <input className="control" type="text" autoComplete="off" {...control} {...common} />)}
    </Frame>
  );
}

const isSlug = (text: string) => (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(text) ? text : undefined);

/** A name in addresses. */
export function SlugField(props: KindProps<"slug">) {
  const typed = useTyped(props.path, asText, isSlug);
  return <Frame of={props}>{(control) => <input className="control" type="text" autoComplete="off" spellCheck={false} {...control} {...typed} />}</Frame>;
}
