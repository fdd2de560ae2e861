import { useSpeaker } from "../../state/interface";
import { FieldFor } from "./FieldFor";
import { isWeek, Week } from "./Hours";
import type { KindProps } from "./kind";
import { idOf } from "../context";
import type { Field } from "../document/declared";

/** Fields that are short stand side by side. */
const SHORT = new Set(["integer", "number", "money", "date", "time", "enum", "currency", "phone", "email", "colour", "boolean", "country", "code", "slug", "date_time"]);

export function isShort(field: Field): boolean {
  return SHORT.has(field.kind) || (field.kind === "text" && !field.multiline && field.max_length <= 160);
}

export function GroupField(props: KindProps<"group">) {
  return isWeek(props.kind) ? <Week {...props} /> : <Together {...props} />;
}

/** What is made of several fields, whatever it is called. */
export function Together({ kind, label, help, path, isBare }: Omit<KindProps<"group">, "kind"> & { kind: { fields: readonly Field[] } }) {
  const say = useSpeaker();
  return (
    <fieldset className={isBare ? "group-bare" : "group"} id={idOf(path)} tabIndex={-1} aria-label={label === "" ? say("edit.group") : undefined}>
      {!isBare && <legend className="group-title">{label}</legend>}
      {help !== "" && <p className="field-help">{help}</p>}
      <Laid fields={kind.fields} path={path} />
    </fieldset>
  );
}

/** Fields one below the other, neighbours that are short beside each other. */
export function Laid({ fields, path }: { fields: readonly Field[]; path: readonly (string | number)[] }) {
  const rows: Field[][] = [];
  for (const field of fields) {
    const last = rows.at(-1);
    if (last !== undefined && isShort(field) && last.every(isShort)) last.push(field);
    else rows.push([field]);
  }
  return (
    <div className="stack form-fields">
      {rows.map((row) => (
        <div key={row[0]?.name} className={row.length > 1 ? "columns" : "stack"}>
          {row.map((field) => (
            <FieldFor key={field.name} field={field} path={path} />
          ))}
        </div>
      ))}
    </div>
  );
}
