import { amountOf } from "../document/rates";
import { Frame } from "./Frame";
import type { KindProps } from "./kind";
import { asText, useTyped } from "./typed";

function numberOf(text: string): number | undefined {
  const plain = text.replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined;
}

export function IntegerField(props: KindProps<"integer">) {
  return <Figure {...props} mode="numeric" />;
}

export function NumberField(props: KindProps<"number">) {
  return <Figure {...props} mode="decimal" />;
}

/** A text field for digits: a browser's number field changes with the mouse's wheel and hides what it does not like. */
function Figure({ mode, ...props }: KindProps<"integer" | "number"> & { mode: "numeric" | "decimal" }) {
  const typed = useTyped(props.path, asText, numberOf);
  return <Frame of={props}>{(control) => <input className="control control-figure" type="text" inputMode={mode} autoComplete="off" {...control} {...typed} />}</Frame>;
}

export function MoneyField(props: KindProps<"money">) {
  const typed = useTyped(props.path, asText, (text) => amountOf(text) ?? undefined);
  return <Frame of={props}>{(control) => <input className="control control-figure" type="text" inputMode="decimal" autoComplete="off" {...control} {...typed} />}</Frame>;
}
