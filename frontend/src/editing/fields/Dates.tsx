import { useValue } from "../context";
import { Frame } from "./Frame";
import type { KindProps } from "./kind";

export function DateField(props: KindProps<"date">) {
  return <Picked {...props} type="date" />;
}

export function TimeField(props: KindProps<"time">) {
  return <Picked {...props} type="time" />;
}

export function DateTimeField(props: KindProps<"date_time">) {
  return <Picked {...props} type="datetime-local" />;
}

function Picked({ type, ...props }: KindProps<"date" | "time" | "date_time"> & { type: "date" | "time" | "datetime-local" }) {
  const [value, setValue] = useValue(props.path);
  return (
    <Frame of={props}>
      {(control) => (
        <input className="control control-figure" type={type} {...control} value={typeof value === "string" ? value : ""} onChange={(event) => setValue(event.target.value === "" ? undefined : event.target.value)} />
      )}
    </Frame>
  );
}
