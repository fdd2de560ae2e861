import { describe, expect, it } from "vitest";

import { EMPTY, record, redo, undo } from "./history";
import { completeness, type Field } from "./declared";
import { copyOf, copyOfSection, move, newId } from "./lists";
import { at, fromPointer, locate, put, same, toPointer } from "./paths";
import { slugOf } from "./slug";

describe("places in a document", () => {
  it("are pointers and back", () => {
    expect(toPointer(["a/b", 0, "c~d"])).toBe("/a~1b/0/c~0d");
    expect(fromPointer("/a~1b/0/c~0d")).toEqual(["a/b", "0", "c~d"]);
  });

  it("know lists from objects by the document", () => {
    expect(locate({ rates: [{ "0": "x" }] }, "/rates/0/0")).toEqual(["rates", 0, "0"]);
  });

  it("are changed without touching what stands elsewhere", () => {
    const before = { name: { en: "A" }, beds: [{ id: "1", count: 1 }] };
    const after = put(before, ["beds", 0, "count"], 2);
    expect(after).toEqual({ name: { en: "A" }, beds: [{ id: "1", count: 2 }] });
    expect(after.name).toBe(before.name);
    expect(before.beds[0]?.count).toBe(1);
  });

  it("disappear when they are emptied, and leave list items where they are", () => {
    expect(put({ seo: { title: { en: "x" } } }, ["seo", "title", "en"], undefined)).toEqual({});
    expect(put({ tags: ["a", "b"] }, ["tags", 0], undefined)).toEqual({ tags: ["", "b"] });
    expect(put({ show: true }, ["show"], false)).toEqual({ show: false });
  });

  it("are made where there was nothing", () => {
    expect(put({}, ["address", "street", "en"], "Quay 1")).toEqual({ address: { street: { en: "Quay 1" } } });
    expect(at({}, ["address", "street"])).toBeUndefined();
  });
});

describe("the same document", () => {
  it("counts absent and empty as one, and blanks around a text as nothing", () => {
    expect(same({ a: "x ", b: "" }, { a: "x" })).toBe(true);
    expect(same({ a: [] }, {})).toBe(true);
    expect(same({ a: false }, {})).toBe(false);
  });

  it("counts every blank inside formatted text", () => {
    const text = (words: string) => ({ root: { children: [{ text: words }] } });
    expect(same(text("bold "), text("bold"))).toBe(false);
  });
});

describe("lists", () => {
  it.each([
    [0, 2, ["b", "c", "a"]],
    [2, 0, ["c", "a", "b"]],
    [1, 9, ["a", "c", "b"]],
    [7, 0, ["a", "b", "c"]],
  ])("move item %i to %i", (from, to, result) => {
    expect(move(["a", "b", "c"], from, to)).toEqual(result);
  });

  it("copy an item under new ids, all the way down, and leave pictures their own", () => {
    const item = { id: "1", type: "cards", items: [{ id: "2", title: { en: "x" }, image: { id: "file", url: "/a.svg" } }] };
    const copy = copyOf(item);
    expect(copy.id).not.toBe("1");
    expect(copy.items[0]?.id).not.toBe("2");
    expect(copy.items[0]?.image.id).toBe("file");
    expect(copy.items[0]?.title).toEqual({ en: "x" });
  });

  it("copy a section without its name for links, which no two may have", () => {
    const copy = copyOfSection({ id: "1", type: "cta", anchor: "lake-view", background: "deep" });
    expect(copy).toEqual({ id: expect.any(String) as string, type: "cta", background: "deep" });
  });

  it("have ids as the server accepts them", () => {
    expect(new Set(Array.from({ length: 200 }, newId)).size).toBe(200);
    expect(newId()).toMatch(/^[a-z0-9]{1,64}$/);
  });
});

describe("undo", () => {
  it("takes back a pause's worth of typing, and gives it again", () => {
    let history = record<string>(EMPTY, "", "/name", 0);
    history = record(history, "a", "/name", 300);
    history = record(history, "ab", "/slug", 400);
    expect(history.past).toEqual(["", "ab"]);
    const back = undo(history, "abc");
    expect(back?.value).toBe("ab");
    const further = back === null ? null : undo(back.history, back.value);
    expect(further?.value).toBe("");
    expect(further === null ? null : redo(further.history, further.value)?.value).toBe("ab");
  });

  it("forgets what was taken back once something new is written", () => {
    const back = undo(record<string>(EMPTY, "a", "/x", 0), "b");
    expect(record(back?.history ?? EMPTY, "a", "/x", 10).future).toEqual([]);
    expect(undo(EMPTY, "x")).toBeNull();
  });
});

describe("addresses", () => {
  it.each([
    ["Zürichberg & See", "zuerichberg-and-see"],
    ["Café “L’Été” 2", "cafe-lete-2"],
    ["  Ærø  ", "aero"],
    ["日本", ""],
  ])("%s becomes %s", (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });
});

describe("a language", () => {
  const words = { en: "x", de: "x" };
  const field = (name: string, more: object) => ({ name, label: words, help: null, localized: false, required: false, inheritable: false, visibility: "public", ...more }) as Field;
  const fields = [field("sections", { kind: "sections", allowed: [] })];
  const sections = [{ name: "cta", icon: "x", title: words, help: null, embeds: null, fields: [field("title", { kind: "text", localized: true, required: true, max_length: 9, multiline: false })] }];

  it.each([
    [["en"], 0],
    [["de"], 1],
    [[], 1],
  ])("lacks nothing of a section that is shown in %j only", (languages, total) => {
    const document = { sections: [{ id: "1", type: "cta", title: { en: "One" }, visible: { languages } }] };
    expect(completeness(fields, sections, document, "de")).toMatchObject({ filled: 0, total });
  });
});
