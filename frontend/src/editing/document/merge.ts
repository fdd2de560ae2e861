// What two people changed on the same ground, and what comes out. Different fields both survive; the same field is a
// choice that a person makes.

import { identified } from "./lists";
import { at, isObject, type JsonObject, type Path, put, same } from "./paths";

/** One field that two versions have differently. */
export interface Change {
  path: Path;
  before: unknown;
  after: unknown;
}

export interface Collision {
  path: Path;
  base: unknown;
  mine: unknown;
  theirs: unknown;
}

export interface Merged {
  /** Both sides' changes; where they collide, mine stands until somebody chooses. */
  document: JsonObject;
  collisions: Collision[];
  /** What they changed and I did not. */
  taken: Change[];
}

/** A value that is one thing: a text, a number, formatted text. Nothing is merged inside of it. */
function isWhole(value: unknown): boolean {
  return (!isObject(value) && !isItems(value)) || (isObject(value) && "root" in value);
}

function isItems(value: unknown): value is ({ id: string } & JsonObject)[] {
  return Array.isArray(value) && value.length > 0 && value.every(identified);
}

/** What differs between two versions, field by field. Items are known by their id; a new order is a change of the list. */
export function changes(before: unknown, after: unknown, path: Path = []): Change[] {
  if (same(before, after)) return [];
  if (isObject(before) && isObject(after) && !isWhole(before) && !isWhole(after)) {
    return namesOf(before, after).flatMap((name) => changes(before[name], after[name], [...path, name]));
  }
  if (isItems(before) && isItems(after) && orderOf(before) === orderOf(after)) {
    return after.flatMap((item, index) => changes(before[index], item, [...path, index]));
  }
  return [{ path, before, after }];
}

export function merge(base: JsonObject, mine: JsonObject, theirs: JsonObject): Merged {
  const found: Omit<Merged, "document"> = { collisions: [], taken: [] };
  const document = joined(base, mine, theirs, [], found);
  return { document: isObject(document) ? document : mine, ...found };
}

/** The merged document with theirs at the collisions that are named. */
export function choose(merged: Merged, theirs: readonly Collision[]): JsonObject {
  return theirs.reduce((document, collision) => put(document, collision.path, collision.theirs), merged.document);
}

function joined(base: unknown, mine: unknown, theirs: unknown, path: Path, found: Omit<Merged, "document">): unknown {
  if (same(mine, theirs)) return mine;
  if (same(base, mine)) {
    found.taken.push(...changes(mine, theirs, path));
    return theirs;
  }
  if (same(base, theirs)) return mine;
  if ([mine, theirs].every((value) => isObject(value) && !isWhole(value))) {
    return object(isObject(base) ? base : {}, mine as JsonObject, theirs as JsonObject, path, found);
  }
  if (isItems(mine) && isItems(theirs)) return items(isItems(base) ? base : [], mine, theirs, path, found);
  found.collisions.push({ path, base, mine, theirs });
  return mine;
}

function object(base: JsonObject, mine: JsonObject, theirs: JsonObject, path: Path, found: Omit<Merged, "document">): JsonObject {
  const result: JsonObject = {};
  for (const name of namesOf(mine, theirs, base)) {
    const value = joined(base[name], mine[name], theirs[name], [...path, name], found);
    if (value !== undefined) result[name] = value;
  }
  return result;
}

type Items = ({ id: string } & JsonObject)[];

/** Additions and removals of both sides; my order, unless only they changed it. An item that one side removed and the
 * other changed stays: work is not thrown away unasked. */
function items(base: Items, mine: Items, theirs: Items, path: Path, found: Omit<Merged, "document">): unknown[] {
  const by = (list: Items, id: string) => list.find((item) => item.id === id);
  const [leading, following] = orderOf(mine) === orderOf(base) ? [theirs, mine] : [mine, theirs];
  const ids = leading.map((item) => item.id);
  for (const [index, item] of following.entries()) {
    if (ids.includes(item.id)) continue;
    const before = following[index - 1]?.id;
    ids.splice(before === undefined ? 0 : ids.indexOf(before) + 1, 0, item.id);
  }
  const kept = ids.flatMap((id): [string, unknown][] => {
    const [was, my, their] = [by(base, id), by(mine, id), by(theirs, id)];
    if (my === undefined || their === undefined) {
      const left = my ?? their;
      return was === undefined || !same(was, left) ? [[id, left]] : [];
    }
    return [[id, [was ?? {}, my, their]]];
  });
  return kept.map(([, value], index) => {
    if (!Array.isArray(value)) return value;
    const [was, my, their] = value as [unknown, unknown, unknown];
    return joined(was, my, their, [...path, index], found);
  });
}

function orderOf(list: Items): string {
  return list.map((item) => item.id).join(" ");
}

function namesOf(...objects: JsonObject[]): string[] {
  return [...new Set(objects.flatMap(Object.keys))];
}

/** The value at the place of a change in another version of the document. */
export function valueAt(document: unknown, change: { path: Path }): unknown {
  return at(document, change.path);
}
