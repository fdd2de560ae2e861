// The hours of one day, and of a week as a small grid: a day in a row. What is half typed is not saved.

import { useState } from "react";

import { useSpeaker } from "../../state/interface";
import { Button } from "../../ui/parts";
import { idOf, useEditing, useValue } from "../context";
import { type Opening, openings, passesMidnight, stored, suggested, WEEKDAYS } from "../document/hours";
import { isObject, type JsonObject, same } from "../document/paths";
import { FieldFor } from "./FieldFor";
import { Frame } from "./Frame";
import type { KindOf, KindProps } from "./kind";

/** As many as a day has on the server. */
const MOST_A_DAY = 6;
const BLANK: Opening = { from: "", to: "", last_orders: "" };

export function HoursField(props: KindProps<"hours">) {
  const say = useSpeaker();
  const { isReadOnly } = useEditing();
  const [value, setValue] = useValue(props.path);
  const [week] = useValue(props.path.slice(0, -1));
  // With the value that they gave: when that changes from elsewhere, the typed rows are outdated.
  const [typed, setTyped] = useState<{ rows: Opening[]; gave: unknown } | null>(null);
  const rows = typed !== null && same(typed.gave, value) ? typed.rows : openings(value);
  const write = (next: Opening[]) => {
    const gave = stored(next);
    setTyped({ rows: next, gave });
    setValue(gave);
  };
  const change = (index: number, part: Partial<Opening>) => write(rows.map((row, place) => (place === index ? { ...row, ...part } : row)));
  const add = () => {
    const before = rows.length === 0 ? suggested(week, String(props.path.at(-1))) : [];
    write(before.length > 0 ? before : [...rows, BLANK]);
  };
  const time = (index: number, name: keyof Opening, label: string, id?: string) => (
    <input
      {...(id === undefined ? {} : { id })}
      className="control control-figure hours-time"
      type="time"
      aria-label={`${props.label}, ${label}`}
      disabled={isReadOnly}
      value={rows[index]?.[name] ?? ""}
      onChange={(event) => change(index, { [name]: event.target.value })}
    />
  );
  return (
    <Frame of={props} isGroup isDeep>
      {(control) => (
        <div className="hours">
          {rows.length === 0 && (
            <span className="soft small hours-closed" id={control.id} tabIndex={-1}>
              {say("hours.closed")}
            </span>
          )}
          {rows.map((row, index) => (
            <div className="hours-row" key={index}>
              {time(index, "from", say("hours.from"), index === 0 ? control.id : undefined)}
              <span aria-hidden>–</span>
              {time(index, "to", say("hours.to"))}
              {passesMidnight(row) && <span className="soft small">{say("hours.nextDay")}</span>}
              <label className="hours-last">
                <span className="soft small">{say("hours.lastOrders")}</span>
                {time(index, "last_orders", say("hours.lastOrders"))}
              </label>
              {!isReadOnly && <Button kind="quiet" isSmall icon="close" aria-label={say("action.removeThing", { name: `${props.label} ${row.from}` })} onClick={() => write(rows.filter((_, place) => place !== index))} />}
            </div>
          ))}
          {!isReadOnly && rows.length < MOST_A_DAY && (
            <Button kind="quiet" isSmall icon="plus" aria-label={say("hours.addTo", { day: props.label })} onClick={add}>
              {say("hours.add")}
            </Button>
          )}
        </div>
      )}
    </Frame>
  );
}

/** A group that is a week: seven days with hours. */
export function isWeek(group: KindOf<"group">): boolean {
  return group.fields.length === WEEKDAYS.length && group.fields.every((field) => field.kind === "hours");
}

export function Week({ kind, label, help, path, isBare }: KindProps<"group">) {
  const say = useSpeaker();
  const { isReadOnly } = useEditing();
  const [value, setValue] = useValue(path);
  const week: JsonObject = isObject(value) ? value : {};
  const [first] = kind.fields;
  const opens = first === undefined ? undefined : week[first.name];
  return (
    <fieldset className={isBare ? "group-bare" : "group"} id={idOf(path)} tabIndex={-1}>
      {!isBare && <legend className="group-title">{label}</legend>}
      {help !== "" && <p className="field-help">{help}</p>}
      <div className="week">
        {kind.fields.map((field) => (
          <FieldFor key={field.name} field={field} path={path} />
        ))}
      </div>
      {!isReadOnly && opens !== undefined && (
        <div>
          <Button isSmall onClick={() => setValue(Object.fromEntries(kind.fields.map((field) => [field.name, opens])))}>
            {say("hours.everyDay", { day: say.of(first?.label) })}
          </Button>
        </div>
      )}
    </fieldset>
  );
}
