import { useValue } from "../context";
import { Frame } from "./Frame";
import type { KindProps } from "./kind";

export function DateField(props: KindProps<"date">) {
  return <Picked {...props} type="date" />;
}

export function TimeField(props: KindProps<"time">) {
  return <Picked {...props} type="time" />;
}

function Picked({ type, ...props }: KindProps<"date" | "time"> & { type: "date" | "time" }) {
  const [value, setValue] = useValue(props.path);
  return (
    <Frame of={props}>
      {(control) => (
        <input className="control control-figure" type={type} {...control} value={typeof value === "string" ? value : ""} onChange={(event) => setValue(event.target.value === "" ? undefined : event.target.value)} />
      )}
    </Frame>
  );
}
