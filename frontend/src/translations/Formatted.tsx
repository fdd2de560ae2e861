// Formatted text to be read: what the editor would show, without an editor.

import { createElement, Fragment, type ReactNode } from "react";

import { isObject, type JsonObject } from "../editing/document/paths";

/** Lexical's bits for the look of a text, from the one that lies outermost. */
const LOOKS = [
  [1, "strong"],
  [2, "em"],
  [4, "s"],
  [8, "u"],
  [16, "code"],
  [32, "sub"],
  [64, "sup"],
] as const;

const BLOCKS: Record<string, string> = { paragraph: "p", quote: "blockquote", listitem: "li" };

export function Formatted({ value }: { value: unknown }) {
  const root = isObject(value) && isObject(value["root"]) ? value["root"] : null;
  return <div className="formatted">{root !== null && childrenOf(root).map(shown)}</div>;
}

function childrenOf(node: JsonObject): JsonObject[] {
  const { children } = node;
  return Array.isArray(children) ? children.filter(isObject) : [];
}

function shown(node: JsonObject, key: number): ReactNode {
  const inside = () => childrenOf(node).map(shown);
  switch (node["type"]) {
    case "text": {
      const format = typeof node["format"] === "number" ? node["format"] : 0;
      const text = typeof node["text"] === "string" ? node["text"] : "";
      const looked = LOOKS.filter(([bit]) => (format & bit) !== 0).reduceRight<ReactNode>((within, [, tag]) => createElement(tag, null, within), text);
      return <Fragment key={key}>{looked}</Fragment>;
    }
    case "linebreak":
      return <br key={key} />;
    case "horizontalrule":
      return <hr key={key} />;
    // It is read here, not followed; where it leads is told.
    case "link":
      return (
        <span key={key} className="formatted-link" {...(typeof node["url"] === "string" ? { title: node["url"] } : {})}>
          {inside()}
        </span>
      );
    // Headings of a text are none of this screen's.
    case "heading":
      return (
        <p key={key} className="strong">
          {inside()}
        </p>
      );
    case "list":
      return createElement(node["listType"] === "number" ? "ol" : "ul", { key }, inside());
    default:
      return createElement(BLOCKS[String(node["type"])] ?? "span", { key }, inside());
  }
}
