// Formatted text in the server's one spelling of it: loading a text and saving it untouched changes nothing.

import { isObject, type JsonObject } from "../document/paths";

/** What the server keeps of a text's look: bold to superscript, by Lexical's bits. */
const KEPT_FORMATS = 127;
const TAGS = new Set(["h2", "h3", "h4"]);

/** The state as it is stored; undefined where nothing is written. */
export function canonical(state: unknown): JsonObject | undefined {
  const root = isObject(state) && isObject(state["root"]) ? state["root"] : {};
  const blocks = childrenOf(root).flatMap(block);
  while (blocks.length > 0 && isBlank(blocks.at(-1))) blocks.pop();
  const first = blocks.findIndex((one) => !isBlank(one));
  const kept = first < 0 ? [] : blocks.slice(first);
  return kept.length === 0 ? undefined : { root: element("root", kept, {}) };
}

function childrenOf(node: unknown): JsonObject[] {
  const children = isObject(node) ? node["children"] : [];
  return Array.isArray(children) ? children.filter(isObject) : [];
}

function isBlank(node: JsonObject | undefined): boolean {
  if (node?.["type"] !== "paragraph") return false;
  return childrenOf(node).every((child) => child["type"] === "linebreak" || (child["type"] === "text" && String(child["text"]).trim() === ""));
}

function element(type: string, children: JsonObject[], own: JsonObject, indent = 0): JsonObject {
  return { children, direction: null, format: "", indent, type, version: 1, ...own };
}

function block(node: JsonObject): JsonObject[] {
  switch (node["type"]) {
    case "paragraph":
      return [element("paragraph", inlines(node), { textFormat: 0, textStyle: "" })];
    case "heading": {
      const tag = typeof node["tag"] === "string" && TAGS.has(node["tag"]) ? node["tag"] : "h2";
      return [element("heading", inlines(node), { tag })];
    }
    case "quote":
      return [element("quote", inlines(node), {})];
    case "list":
      return [list(node, 0)];
    case "horizontalrule":
      return [{ type: "horizontalrule", version: 1 }];
    default:
      return [];
  }
}

function list(node: JsonObject, indent: number): JsonObject {
  const isNumbered = node["listType"] === "number";
  const start = isNumbered && typeof node["start"] === "number" ? node["start"] : 1;
  let value = start;
  const items = childrenOf(node)
    .filter((child) => child["type"] === "listitem")
    .flatMap((item) => {
      const nested = childrenOf(item).filter((child) => child["type"] === "list");
      const words = inlines(item);
      const made: JsonObject[] = [];
      if (words.length > 0 || nested.length === 0) {
        made.push(element("listitem", words, { value }, indent));
        value += 1;
      }
      for (const inner of nested) made.push(element("listitem", [list(inner, indent + 1)], { value }, indent));
      return made;
    });
  return element("list", items, { listType: isNumbered ? "number" : "bullet", start, tag: isNumbered ? "ol" : "ul" });
}

function inlines(node: JsonObject): JsonObject[] {
  const joined: JsonObject[] = [];
  for (const one of childrenOf(node).flatMap(inline)) {
    const last = joined.at(-1);
    if (last?.["type"] === "text" && one["type"] === "text" && last["format"] === one["format"]) {
      joined[joined.length - 1] = { ...last, text: `${String(last["text"])}${String(one["text"])}` };
    } else joined.push(one);
  }
  return joined;
}

function inline(node: JsonObject): JsonObject[] {
  switch (node["type"]) {
    case "text": {
      const format = typeof node["format"] === "number" ? node["format"] & KEPT_FORMATS : 0;
      const text = typeof node["text"] === "string" ? node["text"].replaceAll("\t", " ") : "";
      return text === "" ? [] : [{ detail: 0, format, mode: "normal", style: "", text, type: "text", version: 1 }];
    }
    case "tab":
      return [{ detail: 0, format: 0, mode: "normal", style: "", text: " ", type: "text", version: 1 }];
    case "linebreak":
      return [{ type: "linebreak", version: 1 }];
    case "link":
    case "autolink": {
      const opensNewTab = node["target"] === "_blank";
      return [element("link", inlines(node), { rel: opensNewTab ? "noopener noreferrer" : null, target: opensNewTab ? "_blank" : null, title: null, url: node["url"] })];
    }
    default:
      return [];
  }
}

/** A stored value as an editor's state: with a paragraph to write in where there is nothing. */
export function stateOf(value: unknown): string {
  const stored = canonical(typeof value === "string" ? fromText(value) : value);
  const blocks = childrenOf(stored?.["root"]);
  return JSON.stringify({ root: element("root", blocks.length === 0 ? [element("paragraph", [], { textFormat: 0, textStyle: "" })] : blocks, {}) });
}

function fromText(text: string): JsonObject {
  const paragraphs = text.split(/\n{2,}/).map((words) => ({ type: "paragraph", children: words.split("\n").flatMap((line, index) => [...(index > 0 ? [{ type: "linebreak" }] : []), { type: "text", text: line }]) }));
  return { root: { type: "root", children: paragraphs } };
}
