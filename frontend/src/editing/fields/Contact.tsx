import { Frame } from "./Frame";
import type { KindProps } from "./kind";
import { asText, useTyped } from "./typed";

const isEmail = (text: string) => (/^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(text) ? text : undefined);
const isPhone = (text: string) => (/^[+\d][\d\s()./-]{2,}$/.test(text) ? text : undefined);

export function EmailField(props: KindProps<"email">) {
  const typed = useTyped(props.path, asText, isEmail);
  return <Frame of={props}>{(control) => <input className="control" type="email" autoComplete="off" {...control} {...typed} />}</Frame>;
}

export function PhoneField(props: KindProps<"phone">) {
  const typed = useTyped(props.path, asText, isPhone);
  return <Frame of={props}>{(control) => <input className="control" type="tel" autoComplete="off" {...control} {...typed} />}</Frame>;
}
