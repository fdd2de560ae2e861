// @vitest-environment happy-dom
import { createHeadlessEditor } from "@lexical/headless";
import { $generateNodesFromDOM } from "@lexical/html";
import { $getRoot, $insertNodes } from "lexical";
import { describe, expect, it } from "vitest";

import { addressOf } from "../links";
import { canonical, stateOf } from "./canonical";
import FIXTURES from "./fixtures.json";
import { keepToAllowList, NODES } from "./nodes";
import { cleaned } from "./paste";

const words = (text: string, format = 0) => ({ detail: 0, format, mode: "normal", style: "", text, type: "text", version: 1 });
const element = (type: string, children: unknown[], own: object = {}, indent = 0) => ({ children, direction: null, format: "", indent, type, version: 1, ...own });
const paragraph = (...children: unknown[]) => element("paragraph", children, { textFormat: 0, textStyle: "" });
const state = (...blocks: unknown[]) => ({ root: element("root", blocks) });

function opened() {
  return createHeadlessEditor({
    namespace: "test",
    nodes: [...NODES],
    onError: (error) => {
      throw error;
    },
  });
}

/** What the editor would hand on after clipboard text was put into an empty one. */
function pasted(html: string): unknown {
  const editor = opened();
  const stop = keepToAllowList(editor);
  editor.update(
    () => {
      $getRoot().clear().select();
      $insertNodes($generateNodesFromDOM(editor, cleaned(html, (text) => new DOMParser().parseFromString(`<!doctype html><html><body>${text}</body></html>`, "text/html"))));
    },
    { discrete: true },
  );
  stop();
  return canonical(editor.getEditorState().toJSON());
}

/** The text in short: block names with their words. */
function short(value: unknown): string[] {
  const root = (value as { root?: { children: never[] } } | undefined)?.root;
  const inside = (node: { type: string; text?: string; format?: number; url?: string; tag?: string; children?: never[] }): string => {
    if (node.type === "text") return node.format === 0 ? (node.text ?? "") : `[${String(node.format)}:${node.text ?? ""}]`;
    const children = (node.children ?? []).map(inside).join(node.type === "list" ? "|" : "");
    if (node.type === "link") return `<${node.url ?? ""}>${children}</>`;
    return node.type === "paragraph" ? children : `${node.tag ?? node.type}(${children})`;
  };
  return (root?.children ?? []).map(inside);
}

describe("formatted text", () => {
  // As the server itself has answered them (`fixtures.json`).
  it.each(Object.entries(FIXTURES))("of the server goes through the editor unchanged: %s", (_, fixture) => {
    const editor = opened();
    editor.setEditorState(editor.parseEditorState(stateOf(fixture)));
    editor.update(() => $getRoot().markDirty(), { discrete: true });
    expect(canonical(editor.getEditorState().toJSON())).toEqual(fixture);
  });

  it("that says nothing is nothing", () => {
    expect(canonical(state(paragraph(), paragraph(words("  "))))).toBeUndefined();
    expect(canonical(undefined)).toBeUndefined();
  });

  it("loses blank ends and joins neighbours of one look", () => {
    expect(canonical(state(paragraph(), paragraph(words("a"), words("b")), paragraph()))).toEqual(state(paragraph(words("ab"))));
  });

  it("begins from plain text too", () => {
    expect(short(JSON.parse(stateOf("One\nline\n\nTwo")))).toEqual(["Onelinebreak()line", "Two"]);
  });
});

describe("pasting", () => {
  it("takes Google Docs' structure without its looks", () => {
    const html = `<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><h1 dir="ltr" style="line-height:1.38"><span style="font-size:20pt;color:#f00">The house</span></h1><p dir="ltr"><span style="font-weight:400">Plain, </span><span style="font-weight:700;font-style:italic">both</span></p><ul><li dir="ltr"><p><span>one</span></p></li></ul></b>`;
    expect(short(pasted(html))).toEqual(["h2(The house)", "Plain, [3:both]", "ul(listitem(one))"]);
  });

  it("takes Word's lists and drops its own language", () => {
    const html = `<html xmlns:o="urn"><head><style>p.MsoNormal{color:red}</style><!--[if gte mso 9]><xml>x</xml><![endif]--></head><body><p class="MsoNormal">First<o:p></o:p></p><p class="MsoListParagraphCxSpFirst" style="mso-list:l0 level1 lfo1"><span style="mso-list:Ignore">·  </span>one</p><p class="MsoListParagraphCxSpLast" style="mso-list:l0 level1 lfo1"><span style="mso-list:Ignore">·  </span>two</p><hr></body></html>`;
    expect(short(pasted(html))).toEqual(["First", "ul(listitem(one)|listitem(two))", "horizontalrule()"]);
  });

  it("keeps safe links and leaves the words of others", () => {
    expect(short(pasted(`<p><a href="https://a.example/">yes</a> <a href="javascript:alert(1)">no</a></p>`))).toEqual(["<https://a.example/>yes</> no"]);
  });

  it("turns tables and pictures into words", () => {
    expect(short(pasted(`<table><tr><td>a</td><td>b</td></tr></table><div><img src="x.png" onerror="alert(1)">text</div><script>alert(1)</script>`))).toEqual(["a b", "text"]);
  });
});

describe("links", () => {
  it.each([
    ["https://a.ch/x?y#z", "https://a.ch/x?y#z"],
    ["/rooms", "/rooms"],
    ["#top", "#top"],
    ["ankerhof.example/rooms", "https://ankerhof.example/rooms"],
    ["haus@ankerhof.example", "mailto:haus@ankerhof.example"],
    ["+41 71 555 01 40", "tel:+41715550140"],
    ["javascript:alert(1)", undefined],
    ["java\nscript:alert(1)", undefined],
    ["//evil.example", undefined],
    ["/\\evil.example", undefined],
    ["ftp://a", undefined],
    ["rooms", undefined],
    ["", undefined],
  ])("%j is taken as %j", (typed, url) => {
    expect(addressOf(typed)).toBe(url);
  });
});
