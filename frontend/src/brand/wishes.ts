// The fields of the brand as they are worked on, and as the server takes them.

import { Refusal, type Schemas } from "../api/client";
import { isAbsent, isObject, type JsonObject } from "../editing/document/paths";

type Wishes = Schemas["BrandDocument"]["fields"];

/** Where the work has values, and where it has what is locked. A field that was chosen and is still empty is `false` there. */
export const VALUES = "values";
export const LOCKED = "locked";

/** The fields of a state as they are worked on. */
export function documentOf(fields: Wishes): JsonObject {
  const wishes = Object.entries(fields);
  return {
    [VALUES]: Object.fromEntries(wishes.map(([name, wish]) => [name, wish.value])),
    [LOCKED]: Object.fromEntries(wishes.filter(([, wish]) => wish.mode === "locked").map(([name]) => [name, true])),
  };
}

/** The fields that have a value, as the server takes them. One that was chosen and left empty is each hotel's own. */
export function wishesOf(document: JsonObject): Wishes {
  const [values, locked] = [document[VALUES], document[LOCKED]];
  const filled = Object.entries(isObject(values) ? values : {}).filter(([, value]) => !isAbsent(value));
  return Object.fromEntries(
    filled.map(([name, value]) => {
      const mode: Schemas["BrandMode"] = isObject(locked) && locked[name] === true ? "locked" : "inherit";
      return [name, { mode, value }];
    }),
  );
}

/** The session meets a conflict at `/revision`, and knows a field by where the work has it. */
export function placed(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  const { status, code, message, fields, requestId } = error;
  if (status === 409) return new Refusal(status, code, message, [{ pointer: "/revision", code, detail: message }], requestId);
  const moved = fields.map((field) => ({ ...field, pointer: field.pointer.replace(/^\/fields\/([^/]+)\/value/, `/${VALUES}/$1`) }));
  return new Refusal(status, code, message, moved, requestId);
}
