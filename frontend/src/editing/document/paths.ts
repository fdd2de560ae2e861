// Places in a document, and changes at them. A document is never changed in place: what a step keeps is shared.

export type JsonObject = Record<string, unknown>;
export type Path = readonly (string | number)[];

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** RFC 6901: `~` and `/` are escaped. */
export function toPointer(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The parts of a pointer. Whether a number is a place in a list only the document knows: `locate` asks it. */
export function fromPointer(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** A pointer's parts with numbers where the document has lists. */
export function locate(document: unknown, pointer: string): Path {
  let value = document;
  return fromPointer(pointer).map((part) => {
    const key = Array.isArray(value) ? Number(part) : part;
    value = at(value, [key]);
    return key;
  });
}

export function at(value: unknown, path: Path): unknown {
  let found = value;
  for (const part of path) {
    if (Array.isArray(found)) found = found[Number(part)] as unknown;
    else if (isObject(found)) found = found[String(part)];
    else return undefined;
  }
  return found;
}

/** The document with another value at a place. What becomes empty disappears, as the server would have it. */
export function put<T>(value: T, path: Path, next: unknown): T {
  return replaced(value, path, next) as T;
}

function replaced(value: unknown, path: Path, next: unknown): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return next;
  if (typeof part === "number" || Array.isArray(value)) {
    const list = Array.isArray(value) ? [...(value as unknown[])] : [];
    const item = replaced(list[Number(part)], rest, next);
    // A list's item that was emptied keeps its place: it is still being filled in.
    list[Number(part)] = item ?? (isObject(value) ? {} : "");
    return list;
  }
  const object: JsonObject = isObject(value) ? { ...value } : {};
  const child = replaced(object[part], rest, next);
  if (isAbsent(child)) Reflect.deleteProperty(object, part);
  else object[part] = child;
  return object;
}

/** Nothing, or a thing with nothing in it: the server keeps neither. */
export function isAbsent(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

/** Whether two values are the same document: nothing and absent are one, and blanks around a text are no change. */
export function same(a: unknown, b: unknown): boolean {
  if (typeof a === "string" && typeof b === "string") return a.trim() === b.trim();
  if (isObject(a) && isObject(b) && ("root" in a || "root" in b)) return identical(a, b);
  return alike(a, b, same);
}

/** The same to the letter: inside formatted text a blank is a blank. */
function identical(a: unknown, b: unknown): boolean {
  return alike(a, b, identical);
}

function alike(a: unknown, b: unknown, compare: (a: unknown, b: unknown) => boolean): boolean {
  if (Object.is(a, b)) return true;
  if (isAbsent(a) && isAbsent(b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => compare(item, b[index]));
  if (isObject(a) && isObject(b)) return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => compare(a[key], b[key]));
  return false;
}
