// Values of a document as a line of text.

import type { Speaker } from "../words";
import { isObject } from "./document/paths";

export function inWords(value: unknown, say: Speaker): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return say.number(value);
  if (typeof value === "boolean") return say(value ? "state.yes" : "state.no");
  if (Array.isArray(value)) return say.count("entries.parts", value.length);
  if (!isObject(value)) return "";
  if ("root" in value) return plainText(value["root"]);
  // A picture of the library is its text; its id says nothing to anybody.
  if (typeof value["media"] === "string") return inWords(value["alt"], say) || say("image.single");
  return Object.entries(value)
    .filter(([name, part]) => name !== "id" && part !== null && part !== "")
    .map(([, part]) => inWords(part, say))
    .join(", ");
}

/** The plain text of formatted text. */
function plainText(node: unknown): string {
  if (!isObject(node)) return "";
  if (typeof node["text"] === "string") return node["text"];
  if (node["type"] === "linebreak") return "\n";
  const children = node["children"];
  if (!Array.isArray(children)) return "";
  const isBlocks = children.some((child) => isObject(child) && Array.isArray(child["children"]) && child["type"] !== "link");
  return children.map(plainText).join(isBlocks ? "\n" : "");
}
