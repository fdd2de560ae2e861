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
      return [element("paragraph", inlines(childrenOf(node)), { textFormat: 0, textStyle: "" })];
    case "heading": {
      const tag = typeof node["tag"] === "string" && TAGS.has(node["tag"]) ? node["tag"] : "h2";
      return [element("heading", inlines(childrenOf(node)), { tag })];
    }
    case "quote":
      return [element("quote", inlines(childrenOf(node)), {})];
    case "list":
      return [list(node, 0)];
    case "horizontalrule":
      return [{ type: "horizontalrule", version: 1 }];
    default: {
      // What cannot stand here by itself has words all the same.
      const words = inlines([node]);
      return words.length === 0 ? [] : [element("paragraph", words, { textFormat: 0, textStyle: "" })];
    }
  }
}

function list(node: JsonObject, indent: number): JsonObject {
  const isNumbered = node["listType"] === "number";
  const start = isNumbered && typeof node["start"] === "number" ? node["start"] : 1;
  let value = start;
  const items = childrenOf(node)
    .flatMap(parts)
    .map((part) => {
      if (!Array.isArray(part)) return element("listitem", [list(part, indent + 1)], { value }, indent);
      value += 1;
      return element("listitem", part, { value: value - 1 }, indent);
    });
  return element("list", items, { listType: isNumbered ? "number" : "bullet", start, tag: isNumbered ? "ol" : "ul" });
}

/** What a list holds in one place: words, and lists inside of it, each an item of its own. */
function parts(item: JsonObject): (JsonObject[] | JsonObject)[] {
  const found: (JsonObject[] | JsonObject)[] = [];
  let words: JsonObject[] = [];
  const end = () => {
    const written = inlines(words);
    if (written.length > 0) found.push(written);
    words = [];
  };
  for (const child of item["type"] === "listitem" ? childrenOf(item) : [item]) {
    if (child["type"] === "list") {
      end();
      found.push(child);
    } else words.push(child);
  }
  end();
  return found.length === 0 ? [[]] : found;
}

/** Words with their links. A block among them, which no server keeps there, becomes a line. */
function inlines(nodes: readonly JsonObject[], isInLink = false): JsonObject[] {
  const line: Line = { nodes: [], isEnded: false };
  gather(nodes, line, isInLink);
  return line.nodes;
}

interface Line {
  nodes: JsonObject[];
  /** Whether the words that follow stand on the next line. */
  isEnded: boolean;
}

function gather(nodes: readonly JsonObject[], line: Line, isInLink: boolean): void {
  for (const node of nodes) {
    const found = inline(node, isInLink);
    if (found === undefined) {
      line.isEnded = true;
      gather(childrenOf(node), line, isInLink);
      line.isEnded = true;
    } else for (const one of found) join(line, one);
  }
}

function join(line: Line, one: JsonObject): void {
  const last = line.nodes.at(-1);
  const isBroken = line.isEnded && last !== undefined && last["type"] !== "linebreak" && one["type"] !== "linebreak";
  line.isEnded = false;
  if (isBroken) line.nodes.push({ type: "linebreak", version: 1 });
  else if (last?.["type"] === "text" && one["type"] === "text" && last["format"] === one["format"]) {
    line.nodes[line.nodes.length - 1] = { ...last, text: `${String(last["text"])}${String(one["text"])}` };
    return;
  }
  line.nodes.push(one);
}

/** A node among words; undefined where it is none. */
function inline(node: JsonObject, isInLink: boolean): JsonObject[] | undefined {
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
      const words = inlines(childrenOf(node), true);
      if (isInLink) return words;
      const opensNewTab = node["target"] === "_blank";
      return [element("link", words, { rel: opensNewTab ? "noopener noreferrer" : null, target: opensNewTab ? "_blank" : null, title: null, url: node["url"] })];
    }
    default:
      return undefined;
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
