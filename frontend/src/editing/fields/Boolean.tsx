import { Icon } from "../../ui/icons";
import { idOf, useEditing, useProblem, useValue } from "../context";
import type { KindProps } from "./kind";

export function BooleanField({ path, label, help, isBare }: KindProps<"boolean">) {
  const { isReadOnly } = useEditing();
  const [value, setValue] = useValue(path);
  const problem = useProblem(path, false);
  const id = idOf(path);
  return (
    <div className="field">
      <label className="check">
        <input id={id} type="checkbox" checked={value === true} disabled={isReadOnly} aria-describedby={help === "" ? undefined : `${id}-help`} onChange={(event) => setValue(event.target.checked)} />
        <span className={isBare ? "hidden-visually" : "stack stack-tight"}>
          <span>{label}</span>
          {help !== "" && (
            <span className="field-help" id={`${id}-help`}>
              {help}
            </span>
          )}
        </span>
      </label>
      {problem !== undefined && (
        <div className="field-error">
          <Icon name="warning" size={16} />
          <span>{problem}</span>
        </div>
      )}
    </div>
  );
}
