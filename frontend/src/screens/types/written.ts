// A declaration as it is written: the fields of a file under `assets/`, edited step by step and sent as it stands.

/** Where the group's own declarations are kept in the browser. */
export const OWN = ["custom-types"] as const;

export interface Words {
  en: string;
  de: string;
}

export interface WrittenChoice {
  value: string;
  label: Words;
}

/** One field. What its kind does not know is left out when it is sent: the server refuses a foreign rule. */
export interface WrittenField {
  name?: string;
  label?: Words;
  help?: Words;
  localized?: boolean;
  required?: boolean;
  /** Left out where everyone may read it. */
  visibility?: "public" | "team";
  /** Left out where visitors find the entry by its words. */
  searchable?: boolean;
  kind: string;
  max_length?: number;
  multiline?: boolean;
  min?: number;
  max?: number;
  not_before?: string;
  options?: WrittenChoice[];
  item?: WrittenField;
  max_items?: number;
  fields?: WrittenField[];
  to?: string;
  sections?: string[];
  dictionary?: string;
}

export interface Written {
  name?: string;
  extends?: string;
  plural?: string;
  icon?: string;
  title?: Words;
  title_plural?: Words;
  help?: Words;
  title_field?: string;
  slug_from?: string;
  order_from?: string;
  fields: WrittenField[];
}

export type OwnKind = "type" | "section" | "extension";

export const KINDS = [
  "text",
  "rich_text",
  "integer",
  "number",
  "money",
  "boolean",
  "date",
  "time",
  "date_time",
  "date_range",
  "season",
  "weekdays",
  "hours",
  "opening_hours",
  "code",
  "codes",
  "file",
  "address",
  "country",
  "slug",
  "enum",
  "choices",
  "list",
  "group",
  "reference",
  "image",
  "url",
  "email",
  "phone",
  "geo",
  "colour",
  "currency",
  "text_map",
  "sections",
] as const;
export type Kind = (typeof KINDS)[number];

/** Kinds of which a list is possible. */
export const ITEM_KINDS = KINDS.filter((kind) => kind !== "list" && kind !== "sections");

const WITHOUT_WORDS = ["integer", "number", "money", "boolean", "date", "time", "date_time", "date_range", "season", "weekdays", "hours", "country", "slug", "enum", "choices", "reference", "image", "url", "email", "phone", "geo", "colour", "currency"];

/** Whether there may be words in it by which an entry is found. */
export function hasWords(field: WrittenField): boolean {
  return !WITHOUT_WORDS.includes(field.kind === "list" ? (field.item?.kind ?? "") : field.kind);
}

const RULES: Partial<Record<string, readonly (keyof WrittenField)[]>> = {
  text: ["max_length", "multiline"],
  rich_text: ["max_length"],
  integer: ["min", "max"],
  number: ["min", "max"],
  date: ["not_before"],
  enum: ["options"],
  choices: ["options"],
  list: ["item", "max_items"],
  group: ["fields"],
  reference: ["to"],
  code: ["dictionary"],
  codes: ["dictionary"],
  sections: ["sections"],
};

/** A name of the machine's out of words: `Number of berths` becomes `number_of_berths`. */
export function nameOf(words: string): string {
  const plain = words.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/ß/g, "ss").toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[_0-9]+|_+$/g, "")
    .slice(0, 40);
}

/** The field with another kind: its rules go, those that both kinds know stay. */
export function withKind(field: WrittenField, kind: string): WrittenField {
  const known = RULES[kind] ?? [];
  const changed: WrittenField = { kind };
  for (const name of ["name", "label", "help", "localized", "required", "visibility", "searchable", ...known] as const) {
    if (field[name] !== undefined) Object.assign(changed, { [name]: field[name] });
  }
  if (kind === "list" && changed.item === undefined) changed.item = { kind: "text" };
  if (kind === "group" && changed.fields === undefined) changed.fields = [];
  if ((kind === "enum" || kind === "choices") && changed.options === undefined) changed.options = [];
  return changed;
}

const isBlank = (words: Words) => words.en.trim() === "" && words.de.trim() === "";

/** Whether a rule says something. */
function says(name: string, value: unknown): boolean {
  if (name === "searchable") return value === false;
  if (value === undefined || value === false || value === "" || (name === "visibility" && value === "public") || Number.isNaN(value)) return false;
  if (name === "help") return !isBlank(value as Words);
  return name !== "sections" || (value as string[]).length > 0;
}

/** The field without what says nothing. */
function tidyField(field: WrittenField): WrittenField {
  const said = Object.fromEntries(Object.entries(field).filter(([name, value]) => name === "name" || says(name, value)));
  const tidy = said as unknown as WrittenField;
  if (tidy.item !== undefined) tidy.item = tidyField(tidy.item);
  if (tidy.fields !== undefined) tidy.fields = tidy.fields.map(tidyField);
  return tidy;
}

/** The declaration as it is sent. */
export function tidy(written: Written): Written {
  const sent: Written = { ...written, fields: written.fields.map(tidyField) };
  if (sent.help !== undefined && isBlank(sent.help)) delete sent.help;
  if (sent.order_from === "") delete sent.order_from;
  return sent;
}

const EMPTY: Words = { en: "", de: "" };

/** Something to begin with. */
export function blank(kind: OwnKind, name: string): Written {
  if (kind === "extension") return { extends: name, fields: [] };
  const title: WrittenField = {
    name: "title",
    label: { en: "Title", de: "Titel" },
    localized: true,
    required: kind === "type",
    kind: "text",
  };
  const shared = { name, icon: kind === "type" ? "file-text" : "align-left", title: { ...EMPTY }, fields: [title] };
  if (kind === "section") return shared;
  return { ...shared, plural: "", title_plural: { ...EMPTY }, title_field: "title", slug_from: "title" };
}

/** A list with the item moved by one place. */
export function moved<T>(items: readonly T[], index: number, by: -1 | 1): T[] {
  const to = index + by;
  const item = items[index];
  if (item === undefined || to < 0 || to >= items.length) return [...items];
  const left = items.filter((_, place) => place !== index);
  left.splice(to, 0, item);
  return left;
}
