// One of a few: declared choices, currencies.

import { countries, currencies } from "../../screens/places";
import { useSpeaker } from "../../state/interface";
import { useEditing, useValue } from "../context";
import { Frame } from "./Frame";
import type { KindProps } from "./kind";

export function EnumField(props: KindProps<"enum">) {
  const say = useSpeaker();
  return <Selection {...props} options={props.kind.options.map((option) => ({ value: option.value, label: say.of(option.label) }))} />;
}

export function CurrencyField(props: KindProps<"currency">) {
  const say = useSpeaker();
  const { site } = useEditing();
  const all = currencies(say);
  // The site's own first: it is the one nearly always.
  const own = all.filter((each) => each.value === site.currency);
  const named = [...own, ...all.filter((each) => each.value !== site.currency)];
  return <Selection {...props} options={props.isBare ? named.map(({ value }) => ({ value, label: value })) : named} />;
}

export function CountryField(props: KindProps<"country">) {
  const say = useSpeaker();
  return <Selection {...props} options={countries(say)} />;
}

/** Some of a few: days of the week, allergens. They are kept in the order in which they are declared. */
export function ChoicesField(props: KindProps<"choices">) {
  const say = useSpeaker();
  const [value, setValue] = useValue(props.path);
  const chosen = Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
  const { options } = props.kind;
  const choose = (option: string, isChosen: boolean) => {
    const next = options.map((each) => each.value).filter((each) => (each === option ? isChosen : chosen.includes(each)));
    setValue(next.length === 0 ? undefined : next);
  };
  return (
    <Frame of={props} isGroup>
      {(control) => (
        <div className="choices" id={control.id} tabIndex={-1}>
          {options.map((option) => (
            <label className="check" key={option.value}>
              <input type="checkbox" checked={chosen.includes(option.value)} disabled={control.disabled} aria-describedby={control["aria-describedby"]} onChange={(event) => choose(option.value, event.target.checked)} />
              <span>{say.of(option.label)}</span>
            </label>
          ))}
        </div>
      )}
    </Frame>
  );
}

function Selection({ options, ...props }: KindProps<"enum" | "currency" | "country"> & { options: { value: string; label: string }[] }) {
  const [value, setValue] = useValue(props.path);
  const chosen = typeof value === "string" ? value : "";
  return (
    <Frame of={props}>
      {(control) => (
        <select className="control" {...control} value={chosen} onChange={(event) => setValue(event.target.value === "" ? undefined : event.target.value)}>
          <option value="">–</option>
          {chosen !== "" && !options.some((option) => option.value === chosen) && <option value={chosen}>{chosen}</option>}
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Frame>
  );
}
