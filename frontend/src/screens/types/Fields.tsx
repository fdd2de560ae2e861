// The fields of a declaration: each folds open to its words, its kind and the rules of that kind.

import { useId, useState } from "react";

import { useSpeaker } from "../../state/interface";
import { Checks, Input, Select } from "../../ui/form";
import { Icon } from "../../ui/icons";
import { Badge, Button } from "../../ui/parts";
import type { Word } from "../../words";
import { hasWords, ITEM_KINDS, type Kind, KINDS, moved, nameOf, withKind, type Words, type WrittenChoice, type WrittenField } from "./written";

/** What a field may refer to. */
export interface Known {
  types: readonly { value: string; label: string }[];
  sections: readonly { value: string; label: string }[];
}

interface FieldsProps {
  fields: readonly WrittenField[];
  /** Pointer of the list in what is sent. */
  pointer: string;
  known: Known;
  isReadOnly: boolean;
  /** Names of fields that content stands in: another name would be another field. */
  fixed: readonly string[];
  /** Whether they are whole fields of a type, which can be the team's alone. */
  isOfType: boolean;
  onChange: (fields: WrittenField[]) => void;
}

const kindWord = (kind: string) => `types.kind.${kind}` as Word;
const asNumber = (text: string) => (text.trim() === "" ? undefined : Number(text));
const asText = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? "" : String(value));

/** Sets a rule, or takes it away. */
function ruled<K extends keyof WrittenField>(field: WrittenField, name: K, value: WrittenField[K] | undefined): WrittenField {
  if (value !== undefined) return { ...field, [name]: value };
  return Object.fromEntries(Object.entries(field).filter(([key]) => key !== name)) as unknown as WrittenField;
}

export function Fields({ fields, pointer, known, isReadOnly, fixed, isOfType, onChange }: FieldsProps) {
  const say = useSpeaker();
  const [open, setOpen] = useState<number | null>(null);
  const put = (index: number, field: WrittenField) => onChange(fields.map((each, place) => (place === index ? field : each)));
  const move = (index: number, by: -1 | 1) => {
    onChange(moved(fields, index, by));
    setOpen((shown) => (shown === index ? index + by : shown === index + by ? index : shown));
  };
  return (
    <div className="stack">
      {fields.length === 0 && <p className="soft">{say("types.noFields")}</p>}
      <ul className="stack">
        {fields.map((field, index) => {
          const label = field.label === undefined ? "" : say.of(field.label);
          const title = label === "" ? say("types.newField") : label;
          return (
            <li key={index} className="card stack">
              <div className="row row-apart">
                <button type="button" className="fold-head" aria-expanded={open === index} onClick={() => setOpen(open === index ? null : index)}>
                  <Icon name={open === index ? "fold" : "unfold"} size={16} />
                  <span className="strong break">{title}</span> <span className="soft">{say(kindWord(field.kind))}</span>
                  {field.localized === true && <Badge>{say("types.localized")}</Badge>}
                  {field.required === true && <Badge kind="waiting">{say("types.required")}</Badge>}
                  {field.visibility === "team" && <Badge>{say("types.team")}</Badge>}
                </button>
                {!isReadOnly && (
                  <span className="row row-fixed">
                    <Button kind="quiet" isSmall icon="up" disabled={index === 0} aria-label={say("types.up", { name: title })} onClick={() => move(index, -1)} />
                    <Button kind="quiet" isSmall icon="down" disabled={index === fields.length - 1} aria-label={say("types.down", { name: title })} onClick={() => move(index, 1)} />
                    <Button
                      kind="quiet-danger"
                      isSmall
                      icon="bin"
                      aria-label={say("action.removeThing", { name: title })}
                      onClick={() => {
                        onChange(fields.filter((_, place) => place !== index));
                        setOpen(null);
                      }}
                    />
                  </span>
                )}
              </div>
              {open === index && (
                <Field
                  field={field}
                  siblings={fields}
                  pointer={`${pointer}/${field.name ?? ""}`}
                  known={known}
                  isReadOnly={isReadOnly}
                  isFixed={fixed.includes(field.name ?? "")}
                  isOfType={isOfType}
                  onChange={(changed) => put(index, changed)}
                />
              )}
            </li>
          );
        })}
      </ul>
      {!isReadOnly && (
        <div className="row">
          <Button
            icon="plus"
            onClick={() => {
              onChange([...fields, { name: "", label: { en: "", de: "" }, kind: "text" }]);
              setOpen(fields.length);
            }}
          >
            {say("types.addField")}
          </Button>
        </div>
      )}
    </div>
  );
}

interface FieldProps {
  field: WrittenField;
  siblings: readonly WrittenField[];
  pointer: string;
  known: Known;
  isReadOnly: boolean;
  isFixed: boolean;
  isOfType: boolean;
  onChange: (field: WrittenField) => void;
}

function Field({ field, siblings, pointer, known, isReadOnly, isFixed, isOfType, onChange }: FieldProps) {
  const say = useSpeaker();
  const label = field.label ?? { en: "", de: "" };
  const relabel = (words: Words) => {
    const followed = !isFixed && (field.name ?? "") === nameOf(label.en);
    onChange({ ...field, label: words, ...(followed ? { name: nameOf(words.en) } : {}) });
  };
  return (
    <div className="stack">
      <TwoWords name={pointer} label={say("types.label")} words={label} onChange={relabel} />
      <div className="columns">
        <Input
          name={pointer}
          label={say("types.fieldName")}
          help={say(isFixed ? "types.fieldNameFixed" : "types.fieldNameHelp")}
          value={field.name ?? ""}
          readOnly={isFixed}
          onChange={(name) => onChange({ ...field, name })}
        />
        <Select
          name={`${pointer}/kind`}
          label={say("types.kind")}
          value={field.kind}
          options={KINDS.map((kind) => ({ value: kind, label: say(kindWord(kind)) }))}
          onChange={(kind) => onChange(withKind(field, kind))}
        />
      </div>
      <Checks<"localized" | "required" | "team" | "unsearched">
        legend={say("types.rules")}
        name={`${pointer}/rules`}
        values={[
          ...(field.localized === true ? (["localized"] as const) : []),
          ...(field.required === true ? (["required"] as const) : []),
          ...(field.visibility === "team" ? (["team"] as const) : []),
          ...(field.searchable === false ? (["unsearched"] as const) : []),
        ]}
        options={[
          { value: "localized", label: say("types.localizedHelp") },
          { value: "required", label: say("types.requiredHelp") },
          ...(isOfType || field.visibility === "team" ? [{ value: "team" as const, label: say("types.teamHelp") }] : []),
          ...(hasWords(field) || field.searchable === false ? [{ value: "unsearched" as const, label: say("types.unsearchedHelp") }] : []),
        ]}
        onChange={(held) =>
          onChange({
            ...field,
            localized: held.includes("localized"),
            required: held.includes("required"),
            visibility: held.includes("team") ? "team" : "public",
            searchable: !held.includes("unsearched"),
          })
        }
      />
      <Rules field={field} siblings={siblings} pointer={pointer} known={known} isReadOnly={isReadOnly} onChange={onChange} />
      <TwoWords
        name={`${pointer}/help`}
        label={say("types.help")}
        optional={say("field.optional")}
        words={field.help ?? { en: "", de: "" }}
        onChange={(help) => onChange({ ...field, help })}
      />
    </div>
  );
}

/** The rules of the field's kind. */
function Rules({ field, siblings, pointer, known, isReadOnly, onChange }: Omit<FieldProps, "isFixed" | "isOfType">) {
  const say = useSpeaker();
  const number = (name: "max_length" | "min" | "max" | "max_items", label: Word) => (
    <Input
      name={`${pointer}/${name}`}
      type="number"
      label={say(label)}
      optional={say("field.optional")}
      value={asText(field[name])}
      onChange={(text) => onChange(ruled(field, name, asNumber(text)))}
    />
  );
  switch (field.kind as Kind) {
    case "text":
      return (
        <div className="columns">
          {number("max_length", "types.maxLength")}
          <Checks<"multiline">
            legend={say("types.lines")}
            name={`${pointer}/multiline`}
            values={field.multiline === true ? ["multiline"] : []}
            options={[{ value: "multiline", label: say("types.multiline") }]}
            onChange={(held) => onChange({ ...field, multiline: held.length > 0 })}
          />
        </div>
      );
    case "rich_text":
      return number("max_length", "types.maxLength");
    case "integer":
    case "number":
      return (
        <div className="columns">
          {number("min", "types.min")}
          {number("max", "types.max")}
        </div>
      );
    case "date": {
      const dates = siblings.filter((other) => other.kind === "date" && other.name !== field.name);
      const options = [{ value: "", label: say("types.nothing") }, ...dates.map((other) => ({ value: other.name ?? "", label: other.label === undefined ? "" : say.of(other.label) }))];
      return (
        <Select
          name={`${pointer}/not_before`}
          label={say("types.notBefore")}
          value={field.not_before ?? ""}
          options={options}
          onChange={(other) => onChange(ruled(field, "not_before", other === "" ? undefined : other))}
        />
      );
    }
    case "enum":
    case "choices":
      return <Options options={field.options ?? []} pointer={`${pointer}/options`} isReadOnly={isReadOnly} onChange={(options) => onChange({ ...field, options })} />;
    case "reference":
      return (
        <Select
          name={`${pointer}/to`}
          label={say("types.to")}
          value={field.to ?? ""}
          options={[{ value: "", label: say("types.choose") }, ...known.types]}
          onChange={(to) => onChange(ruled(field, "to", to === "" ? undefined : to))}
        />
      );
    case "code":
    case "codes":
      return (
        <Input
          name={`${pointer}/dictionary`}
          label={say("types.dictionary")}
          value={field.dictionary ?? ""}
          onChange={(dictionary) => onChange({ ...field, dictionary })}
        />
      );
    case "sections":
      return (
        <Checks
          legend={say("types.allowed")}
          help={say("types.allowedHelp")}
          name={`${pointer}/sections`}
          values={field.sections ?? []}
          options={known.sections}
          onChange={(sections) => onChange({ ...field, sections })}
        />
      );
    case "group":
      return <Fields fields={field.fields ?? []} pointer={pointer} known={known} isReadOnly={isReadOnly} fixed={[]} isOfType={false} onChange={(fields) => onChange({ ...field, fields })} />;
    case "list": {
      const item = field.item ?? { kind: "text" };
      return (
        <div className="stack">
          <div className="columns">
            <Select
              name={`${pointer}/item`}
              label={say("types.item")}
              value={item.kind}
              options={ITEM_KINDS.map((kind) => ({ value: kind, label: say(kindWord(kind)) }))}
              onChange={(kind) => onChange({ ...field, item: withKind(item, kind) })}
            />
            {number("max_items", "types.maxItems")}
          </div>
          <Rules field={item} siblings={[]} pointer={pointer} known={known} isReadOnly={isReadOnly} onChange={(changed) => onChange({ ...field, item: changed })} />
        </div>
      );
    }
    default:
      return null;
  }
}

interface OptionsProps {
  options: readonly WrittenChoice[];
  pointer: string;
  isReadOnly: boolean;
  onChange: (options: WrittenChoice[]) => void;
}

function Options({ options, pointer, isReadOnly, onChange }: OptionsProps) {
  const say = useSpeaker();
  const put = (index: number, option: WrittenChoice) => onChange(options.map((each, place) => (place === index ? option : each)));
  return (
    <fieldset className="field stack" disabled={isReadOnly}>
      <legend className="field-label">{say("types.options")}</legend>
      {options.map((option, index) => (
        <div className="row" key={index}>
          <div className="grow">
            <TwoWords
              name={`${pointer}/${index}`}
              label={say("types.option", { number: index + 1 })}
              words={option.label}
              onChange={(label) => put(index, { label, value: option.value === nameOf(option.label.en) ? nameOf(label.en) : option.value })}
            />
          </div>
          <Button kind="quiet" isSmall icon="up" disabled={index === 0} aria-label={say("types.up", { name: say.of(option.label) })} onClick={() => onChange(moved(options, index, -1))} />
          <Button kind="quiet-danger" isSmall icon="bin" aria-label={say("action.removeThing", { name: say.of(option.label) })} onClick={() => onChange(options.filter((_, place) => place !== index))} />
        </div>
      ))}
      <div className="row">
        <Button isSmall icon="plus" onClick={() => onChange([...options, { value: "", label: { en: "", de: "" } }])}>
          {say("types.addOption")}
        </Button>
      </div>
    </fieldset>
  );
}

interface TwoWordsProps {
  name: string;
  label: string;
  optional?: string;
  words: Words;
  onChange: (words: Words) => void;
}

/** The same in the two languages of the dashboard. */
export function TwoWords({ name, label, optional, words, onChange }: TwoWordsProps) {
  const say = useSpeaker();
  const id = useId();
  const more = optional === undefined ? {} : { optional };
  return (
    <div className="columns" id={id}>
      <Input name={`${name}/en`} label={`${label} (${say.languageName("en")})`} value={words.en} onChange={(en) => onChange({ ...words, en })} {...more} />
      <Input name={`${name}/de`} label={`${label} (${say.languageName("de")})`} value={words.de} onChange={(de) => onChange({ ...words, de })} {...more} />
    </div>
  );
}
