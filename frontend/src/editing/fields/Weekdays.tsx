// Days of the week as buttons that are in or out.

import { useSpeaker } from "../../state/interface";
import { useValue } from "../context";
import { dayNames, WEEKDAYS } from "../document/hours";
import { Frame } from "./Frame";
import type { KindProps } from "./kind";

export function WeekdaysField(props: KindProps<"weekdays">) {
  const say = useSpeaker();
  const [value, setValue] = useValue(props.path);
  const chosen = Array.isArray(value) ? value : [];
  const [short, long] = [dayNames(say.language, "short"), dayNames(say.language, "long")];
  const toggle = (day: string) => {
    const next = WEEKDAYS.filter((each) => chosen.includes(each) !== (each === day));
    setValue(next.length === 0 ? undefined : next);
  };
  return (
    <Frame of={props} isGroup>
      {(control) => (
        <div>
          <div className="segments" id={control.id} tabIndex={-1}>
            {WEEKDAYS.map((day, index) => (
              <button key={day} type="button" className="segment segment-day" aria-pressed={chosen.includes(day)} aria-label={long[index]} disabled={control.disabled} onClick={() => toggle(day)}>
                {short[index]}
              </button>
            ))}
          </div>
        </div>
      )}
    </Frame>
  );
}
