// Walks over a document beside its declaration: how complete a language is, what publishing still wants, and what people
// call a place.

import type { Schemas } from "../../api/client";
import type { Speaker } from "../../words";
import { at, isAbsent, isObject, type Path } from "./paths";

export type Field = Schemas["Field"];
export type FieldKind = Schemas["FieldKind"];
export type TypeDeclaration = Schemas["TypeDeclaration"];
export type SectionDeclaration = Schemas["SectionDeclaration"];

export interface Completeness {
  filled: number;
  total: number;
  /** Required places that are empty: publishing waits for them. */
  missing: Path[];
}

/** What every section has besides its content. A group may have declared something else under such a name. */
export function isCommon(field: Field): boolean {
  if (field.name === "background") return field.kind === "enum" && field.options.some((option) => option.value === "colour");
  return field.name === "visible" || (field.name === "anchor" && field.kind === "slug");
}

/** The only languages that a section is shown in; none where it is all of them. */
export function languagesOf(section: unknown): readonly string[] {
  const codes = at(section, ["visible", "languages"]);
  return Array.isArray(codes) ? codes.filter((code) => typeof code === "string") : [];
}

/** How much of what is there in some language stands in this one. */
export function completeness(fields: readonly Field[], sections: readonly SectionDeclaration[], document: unknown, locale: string): Completeness {
  const found: Completeness = { filled: 0, total: 0, missing: [] };
  // What the language does not show is not needed in it.
  const isShown = (path: Path) => {
    const languages = languagesOf(at(document, path.slice(0, 2)));
    return languages.length === 0 || languages.includes(locale);
  };
  // What is the team's alone is neither translated nor needed to publish.
  const shown = fields.filter((field) => field.visibility === "public");
  walk(shown, sections, document, [], (field, value, path) => {
    if (!isShown(path)) return;
    if (!field.localized) {
      if (field.required && isAbsent(value)) found.missing.push(path);
      return;
    }
    const isFilled = isObject(value) && !isAbsent(value[locale]);
    if (isAbsent(value) && !field.required) return;
    found.total += 1;
    if (isFilled) found.filled += 1;
    else if (field.required) found.missing.push([...path, locale]);
  });
  return found;
}

/** The fields that a value is made of: a group's, an address's. */
export function partsOf(kind: FieldKind): readonly Field[] | null {
  return kind.kind === "group" || kind.kind === "address" || kind.kind === "date_range" || kind.kind === "opening_hours" ? kind.fields : null;
}

/** Every declared field that has a place in the document, with its value. */
export function walk(
  fields: readonly Field[],
  sections: readonly SectionDeclaration[],
  object: unknown,
  path: Path,
  visit: (field: Field, value: unknown, path: Path) => void,
): void {
  for (const field of fields) {
    const value = at(object, [field.name]);
    const place = [...path, field.name];
    visit(field, value, place);
    if (field.localized || isAbsent(value)) continue;
    inside(field, sections, value, place, visit);
  }
}

function inside(kind: FieldKind, sections: readonly SectionDeclaration[], value: unknown, place: Path, visit: (field: Field, value: unknown, path: Path) => void): void {
  const parts = partsOf(kind);
  if (parts !== null) walk(parts, sections, value, place, visit);
  if (kind.kind === "codes" && Array.isArray(value)) {
    value.forEach((item, index) => walk(kind.fields, sections, item, [...place, index], visit));
  }
  if (kind.kind === "list" && Array.isArray(value)) {
    value.forEach((item, index) => inside(kind.item, sections, item, [...place, index], visit));
  }
  if (kind.kind === "sections" && Array.isArray(value)) {
    value.forEach((item, index) => {
      const type = sections.find((section) => section.name === at(item, ["type"]));
      if (type !== undefined) walk(type.fields, sections, item, [...place, index], visit);
    });
  }
}

/** What people call a place: “Prices by season, 2, For one person (German)”. */
export function placeInWords(fields: readonly Field[], sections: readonly SectionDeclaration[], document: unknown, path: Path, say: Speaker): string {
  const words: string[] = [];
  let known: readonly Field[] = fields;
  let kind: FieldKind | undefined;
  let isLocalized = false;
  path.forEach((part, depth) => {
    if (kind === undefined || (partsOf(kind) !== null && !isLocalized)) {
      const field = known.find((each) => each.name === part);
      if (field === undefined) return;
      words.push(say.of(field.label));
      isLocalized = field.localized;
      kind = field;
      known = partsOf(kind) ?? known;
      return;
    }
    if (isLocalized && typeof part === "string") {
      words.push(`(${say.languageName(part)})`);
      isLocalized = false;
      return;
    }
    if (kind.kind === "list") {
      words.push(say.number(Number(part) + 1));
      kind = kind.item;
      known = partsOf(kind) ?? known;
      return;
    }
    if (kind.kind === "codes") {
      const code = at(document, [...path.slice(0, depth + 1), "code"]);
      words.push(typeof code === "string" ? code : say.number(Number(part) + 1));
      known = kind.fields;
      kind = undefined;
      return;
    }
    if (kind.kind === "sections") {
      const item = at(document, path.slice(0, depth + 1));
      const section = sections.find((each) => each.name === at(item, ["type"]));
      words.push(section === undefined ? say.number(Number(part) + 1) : `${say.number(Number(part) + 1)} ${say.of(section.title)}`);
      known = section?.fields ?? [];
      kind = undefined;
      return;
    }
    if (kind.kind === "image" && part === "alt") {
      words.push(say("image.alt"));
      isLocalized = true;
    }
  });
  return words.join(", ").replaceAll(", (", " (");
}

/** The place of the field in which a pointer lies, and its language if it has one. */
export function languageOf(path: Path, locales: readonly string[]): string | null {
  const found = path.findLast((part) => typeof part === "string" && locales.includes(part));
  return typeof found === "string" ? found : null;
}

/** A thing that is listed by its first text: a section, a season, a bed. */
export function titleOf(fields: readonly Field[], item: unknown, locale: string, say: Speaker): string {
  for (const field of fields) {
    const value = at(item, [field.name]);
    if (isAbsent(value) || isCommon(field)) continue;
    if (field.kind === "enum") {
      const option = field.options.find((each) => each.value === value);
      if (option !== undefined) return say.of(option.label);
    }
    if (field.kind !== "text" && field.kind !== "date") continue;
    const text = field.localized && isObject(value) ? (value[locale] ?? Object.values(value)[0]) : value;
    if (typeof text === "string" && text.trim() !== "") return text;
  }
  return "";
}
