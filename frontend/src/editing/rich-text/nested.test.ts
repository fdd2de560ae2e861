// @vitest-environment happy-dom
// Blocks inside of what is one line: whatever is pasted and typed, the editor shows the words that are kept.

import { createHeadlessEditor } from "@lexical/headless";
import { $generateNodesFromDOM } from "@lexical/html";
import { $createParagraphNode, $createTextNode, $getRoot, $insertNodes, $isElementNode, type ElementNode, type LexicalEditor } from "lexical";
import { describe, expect, it } from "vitest";

import { isObject } from "../document/paths";
import { canonical, stateOf } from "./canonical";
import { keepToAllowList, NODES } from "./nodes";
import { cleaned } from "./paste";

function opened(): LexicalEditor {
  return createHeadlessEditor({
    namespace: "test",
    nodes: [...NODES],
    onError: (error) => {
      throw error;
    },
  });
}

const page = (html: string) => new DOMParser().parseFromString(`<!doctype html><html><body>${html}</body></html>`, "text/html");

/** An editor with a text, and clipboard text put in at the end of its first line. */
function pasted(html: string, before?: unknown): LexicalEditor {
  const editor = opened();
  const stop = keepToAllowList(editor);
  editor.setEditorState(editor.parseEditorState(stateOf(before)));
  editor.update(
    () => {
      firstLine($getRoot()).selectEnd();
      $insertNodes($generateNodesFromDOM(editor, cleaned(html, page)));
    },
    { discrete: true },
  );
  stop();
  return editor;
}

function firstLine(node: ElementNode): ElementNode {
  const first = node.getFirstChild();
  return $isElementNode(first) ? firstLine(first) : node;
}

/** Words one by one; what stands on different lines is never one word. */
function wordsOf(state: unknown): string[] {
  const text = (node: unknown): string => {
    if (!isObject(node)) return "";
    if (typeof node["text"] === "string") return node["text"];
    const children = Array.isArray(node["children"]) ? node["children"].map(text).join("") : "";
    return node["type"] === "link" ? children : ` ${children} `;
  };
  return (isObject(state) ? text(state["root"]) : "").split(/\s+/).filter((word) => word !== "");
}

const kept = (editor: LexicalEditor) => canonical(editor.getEditorState().toJSON());

/** What is kept in short: blocks with their words, `/` between lines. */
function short(state: unknown): string[] {
  const inside = (node: unknown): string => {
    if (!isObject(node)) return "";
    if (typeof node["text"] === "string") return node["text"];
    if (node["type"] === "linebreak") return "/";
    const children = (Array.isArray(node["children"]) ? node["children"] : []).map(inside).join(node["type"] === "list" ? "|" : "");
    if (node["type"] === "paragraph" || node["type"] === "listitem") return children;
    return `${String(node["tag"] ?? node["type"])}(${children})`;
  };
  return isObject(state) && isObject(state["root"]) && Array.isArray(state["root"]["children"]) ? state["root"]["children"].map(inside) : [];
}

describe("pasting a block inside of a line", () => {
  it.each([
    ["<p>Intro</p><blockquote><p>We loved it.</p></blockquote>", ["Intro", "quote(We loved it.)"]],
    ["<blockquote><p>One</p><p>Two</p><ul><li>a</li><li>b</li></ul></blockquote>", ["quote(One/Two/a/b)"]],
    ["<table><tr><td><p>Adults</p></td><td><p>CHF 120</p></td></tr></table>", ["Adults CHF 120"]],
    ["<table><tr><th>Who</th><th>Price</th></tr><tr><td><p>Adults</p><p>over 16</p></td><td>CHF 120</td></tr></table>", ["Who Price", "Adults/over 16 CHF 120"]],
    ["<table><tr><td><h2>Frame</h2><p>One</p><p>Two</p></td></tr></table>", ["h2(Frame)", "One", "Two"]],
    ["<ul><li><h3>Sauna</h3></li></ul>", ["ul(Sauna)"]],
    ["<ul><li><p>One</p><p>Two</p></li><li>a<ul><li>b</li></ul>c</li></ul>", ["ul(One/Two|a|ul(b)|c)"]],
    ["<ul><li>a</li><ul><li>b</li></ul><p>c</p></ul>", ["ul(a|ul(b)|c)"]],
    ["<div><li>a</li><li>b</li></div><p>c</p>", ["ul(a|b)", "c"]],
    ["<h2><p>hp</p></h2>", ["h2(hp)"]],
    ['<a href="https://a.example"><div>Card title</div></a>', ["link(Card title)"]],
    ['<a href="https://a.example"><h3>Card</h3><p>More</p></a><a href="https://b.example"><div>Next</div></a>', ["link(Card/More)", "link(Next)"]],
    ['<p>Intro</p><figure><img src="a.jpg"><figcaption>cap</figcaption></figure>', ["Intro", "cap"]],
    ["<div>one<span>two<p>three</p></span>four</div><section>five<div>six</div></section>", ["onetwo", "three", "four", "five", "six"]],
    ["<div>a<br></div><div>b<br><br>c</div>", ["a", "b//c"]],
    ["<blockquote><div>a<br></div><div>b</div><hr><b>c</b> <i>d</i></blockquote>", ["quote(a/b/c d)"]],
  ])("keeps its words: %s", (html, blocks) => {
    expect(short(kept(pasted(html)))).toEqual(blocks);
  });

  it("joins words without a block to the line they are pasted into", () => {
    expect(short(kept(pasted("and <b>more</b>", "Words ")))).toEqual(["Words and more"]);
  });
});

describe("what is kept", () => {
  const text = (words: string) => ({ type: "text", text: words, format: 0 });
  const block = (type: string, ...children: unknown[]) => ({ type, children });
  it.each([
    [block("quote", block("paragraph", text("a")), block("paragraph", text("b"))), ["quote(a/b)"]],
    [block("paragraph", text("a"), block("quote", text("b")), text("c")), ["a/b/c"]],
    [block("list", block("listitem", block("heading", text("a")), block("list", block("listitem", text("b"))), text("c"))), ["ul(a|ul(b)|c)"]],
    [block("list", block("paragraph", text("a")), text("b")), ["ul(a|b)"]],
    [block("paragraph", block("link", block("paragraph", text("a")), block("link", text("b")))), ["link(a/b)"]],
    [block("table", block("tablerow", block("tablecell", block("paragraph", text("a"))), block("tablecell", text("b")))), ["a/b"]],
    [text("a"), ["a"]],
  ])("of %j has all of its words", (node, blocks) => {
    expect(short(canonical({ root: block("root", node) }))).toEqual(blocks);
  });

  it("holds what was typed into a paragraph inside of a quote", () => {
    const editor = opened();
    editor.setEditorState(editor.parseEditorState(stateOf({ root: block("root", block("quote", text("We"))) })));
    editor.update(
      () => {
        firstLine($getRoot()).append($createParagraphNode().append($createTextNode("loved it")));
      },
      { discrete: true },
    );
    expect(short(kept(editor))).toEqual(["quote(We/loved it)"]);
  });
});

/** Numbers that look random and are the same in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const BLOCKS = ["p", "div", "blockquote", "h1", "h3", "ul", "ol", "table", "figure", "section", "pre", "dl"];
const INLINES = ["b", "i", "span", "a", "u", "sup"];

/** Nested HTML whose words are w1, w2, ... in this order; how many there are. */
function grown(seed: number): { html: string; count: number } {
  const roll = dice(seed);
  let count = 0;
  const word = () => `w${String((count += 1))}`;
  const inside = (depth: number, isInLink: boolean): string => Array.from({ length: 1 + roll(3) }, () => node(depth - 1, isInLink)).join("");
  const items = (name: string, depth: number, isInLink: boolean) => Array.from({ length: 1 + roll(3) }, () => `<${name}>${inside(depth - 1, isInLink)}</${name}>`).join("");
  const node = (depth: number, isInLink: boolean): string => {
    // Between blanks, so that it is a word of its own; blocks stand close, and nothing but being blocks parts their words.
    if (depth <= 0 || roll(4) === 0) return ` ${word()} `;
    if (roll(3) === 0) {
      const name = INLINES[roll(INLINES.length)] ?? "b";
      if (name === "a") return isInLink ? ` ${word()} ` : ` <a href="https://a.example/">${inside(depth, true)}</a> `;
      return ` <${name}${roll(2) === 0 ? ' style="font-weight:700"' : ""}>${inside(depth, isInLink)}</${name}> `;
    }
    const name = BLOCKS[roll(BLOCKS.length)] ?? "p";
    if (roll(3) === 0) {
      const leaf = ["ul", "ol", "table", "dl"].includes(name) ? "div" : name;
      return `<${leaf}>${word()}</${leaf}>`;
    }
    if (name === "ul" || name === "ol") return `<${name}>${items("li", depth, isInLink)}${roll(3) === 0 ? `<${name}><li>${word()}</li></${name}>` : ""}</${name}>`;
    if (name === "table") return `<table><tbody>${Array.from({ length: 1 + roll(2) }, () => `<tr>${items("td", depth, isInLink)}</tr>`).join("")}</tbody></table>`;
    if (name === "dl") return `<dl>${items("dt", depth, isInLink)}${items("dd", depth, isInLink)}</dl>`;
    if (name === "figure") return `<figure><img alt="">${inside(depth, isInLink)}<figcaption>${inside(depth, isInLink)}</figcaption></figure>`;
    return `<${name}>${inside(depth, isInLink)}</${name}>`;
  };
  return { html: inside(5, false), count };
}

describe("nested HTML, whatever it is", () => {
  const PLACES: Record<string, unknown> = {
    "nothing": undefined,
    "a quote": { root: { children: [{ type: "quote", children: [{ type: "text", text: "before" }] }] } },
    "an item": { root: { children: [{ type: "list", listType: "bullet", children: [{ type: "listitem", children: [{ type: "text", text: "before" }] }] }] } },
    "a heading": { root: { children: [{ type: "heading", tag: "h2", children: [{ type: "text", text: "before" }] }] } },
    "a link": { root: { children: [{ type: "paragraph", children: [{ type: "link", url: "/rooms", children: [{ type: "text", text: "before" }] }] }] } },
  };
  it.each(Object.keys(PLACES))("is kept with all of its words, in their order, when pasted into %s", (place) => {
    for (let seed = 1; seed <= 120; seed += 1) {
      const { html, count } = grown(seed);
      const editor = pasted(html, PLACES[place]);
      const shown = wordsOf(editor.getEditorState().toJSON());
      const expected = Array.from({ length: count }, (_, index) => `w${String(index + 1)}`);
      const saved = kept(editor);
      expect(wordsOf(saved), html).toEqual(shown);
      expect(shown.join(" ").replace(/^before ?/, ""), html).toBe(expected.join(" "));
      // Loaded again, it is the same text.
      expect(canonical(JSON.parse(stateOf(saved))), html).toEqual(saved);
    }
  });
});
