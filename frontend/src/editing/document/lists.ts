// Steps in lists: add, remove, move, copy. Items that are objects have an id, so that a merge knows them again.

import { isObject } from "./paths";

export function insert<T>(items: readonly T[], index: number, item: T): T[] {
  return [...items.slice(0, index), item, ...items.slice(index)];
}

export function remove<T>(items: readonly T[], index: number): T[] {
  return items.filter((_, place) => place !== index);
}

/** The list with an item at another place; a place outside of the list is its nearest end. */
export function move<T>(items: readonly T[], from: number, to: number): T[] {
  const item = items[from];
  if (item === undefined) return [...items];
  const left = remove(items, from);
  return insert(left, Math.max(0, Math.min(to, left.length)), item);
}

/** A new id as the server accepts it: letters and digits. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(9));
  return [...bytes].map((byte) => (byte % 36).toString(36)).join("");
}

/** A copy of an item, with new ids wherever the original has them. Pictures keep theirs: it names a file. */
export function copyOf<T>(item: T): T {
  return copied(item, true) as T;
}

/** A copy of a section. Links go on leading to the original: of two with one name the page would be refused. */
export function copyOfSection(section: unknown): unknown {
  const copy = copyOf(section);
  if (!isObject(copy)) return copy;
  return Object.fromEntries(Object.entries(copy).filter(([name, value]) => name !== "anchor" || typeof value !== "string"));
}

function copied(value: unknown, isItem: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => copied(item, isObject(item) && !("url" in item) && !("media" in item)));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, part]): [string, unknown] => [name, name === "id" && isItem ? newId() : copied(part, false)]);
  return Object.fromEntries(entries);
}

/** The item at a place without its id, as a plain object. */
export function identified(item: unknown): item is { id: string } & Record<string, unknown> {
  return isObject(item) && typeof item["id"] === "string";
}
