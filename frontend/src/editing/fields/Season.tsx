// A part of every year, by the days on which it begins and ends. It is saved when both are chosen.

import { useState } from "react";

import { useSpeaker } from "../../state/interface";
import { useValue } from "../context";
import { daysOf, monthNames } from "../document/hours";
import { isObject, same } from "../document/paths";
import { Frame } from "./Frame";
import type { KindProps } from "./kind";

type Ends = Record<"from" | "to", { month: string; day: string }>;

function endsOf(value: unknown): Ends {
  const end = (name: string) => {
    const [month = "", day = ""] = isObject(value) && typeof value[name] === "string" ? value[name].split("-") : [];
    return { month, day };
  };
  return { from: end("from"), to: end("to") };
}

export function SeasonField(props: KindProps<"season">) {
  const say = useSpeaker();
  const [value, setValue] = useValue(props.path);
  const [typed, setTyped] = useState<{ ends: Ends; gave: unknown } | null>(null);
  const ends = typed !== null && same(typed.gave, value) ? typed.ends : endsOf(value);
  const months = monthNames(say.language);
  const change = (name: keyof Ends, part: Partial<Ends["from"]>) => {
    const end = { ...ends[name], ...part };
    if (end.month !== "" && Number(end.day) > daysOf(Number(end.month))) end.day = String(daysOf(Number(end.month)));
    const next = { ...ends, [name]: end };
    const days = [next.from, next.to].map(({ month, day }) => (month === "" || day === "" ? "" : `${month}-${day}`));
    const gave = days.includes("") ? undefined : { from: days[0], to: days[1] };
    setTyped({ ends: next, gave });
    setValue(gave);
  };
  return (
    <Frame of={props} isGroup isDeep>
      {(control) => (
        <div className="season">
          {(["from", "to"] as const).map((name) => (
            <div className="row row-fixed" key={name}>
              <span className="soft small season-word">{say(name === "from" ? "season.from" : "season.to")}</span>
              <select
                {...(name === "from" ? { id: control.id } : {})}
                className="control"
                aria-label={say(name === "from" ? "season.fromDay" : "season.toDay", { name: props.label })}
                disabled={control.disabled}
                value={ends[name].day}
                onChange={(event) => change(name, { day: event.target.value })}
              >
                <option value="">–</option>
                {Array.from({ length: ends[name].month === "" ? 31 : daysOf(Number(ends[name].month)) }, (_, index) => String(index + 1).padStart(2, "0")).map((day) => (
                  <option key={day} value={day}>
                    {say.number(Number(day))}
                  </option>
                ))}
              </select>
              <select
                className="control"
                aria-label={say(name === "from" ? "season.fromMonth" : "season.toMonth", { name: props.label })}
                disabled={control.disabled}
                value={ends[name].month}
                onChange={(event) => change(name, { month: event.target.value })}
              >
                <option value="">–</option>
                {months.map((month, index) => (
                  <option key={month} value={String(index + 1).padStart(2, "0")}>
                    {month}
                  </option>
                ))}
              </select>
            </div>
          ))}
        </div>
      )}
    </Frame>
  );
}
