import { describe, expect, it } from "vitest";

import { difference } from "./difference";
import { changes, choose, merge } from "./merge";

const text = (words: string) => ({ root: { type: "root", children: [{ type: "paragraph", children: [{ type: "text", text: words }] }] } });

describe("what changed", () => {
  it("is told by field, language and item", () => {
    const before = { name: { en: "A", de: "A" }, rates: [{ id: "1", price: "1" }], description: { en: text("a") } };
    const after = { name: { en: "B", de: "A" }, rates: [{ id: "1", price: "2" }], description: { en: text("b") } };
    expect(changes(before, after).map((change) => change.path)).toEqual([
      ["name", "en"],
      ["rates", 0, "price"],
      ["description", "en"],
    ]);
  });

  it("is the list itself where items came, went or moved", () => {
    const [change] = changes({ beds: [{ id: "1" }, { id: "2" }] }, { beds: [{ id: "2" }, { id: "1" }] });
    expect(change?.path).toEqual(["beds"]);
  });
});

describe("two people's changes", () => {
  const base = { name: { en: "A", de: "A" }, max_guests: 2, beds: [{ id: "1", count: 1 }, { id: "2", count: 1 }] };

  it("both survive in different fields", () => {
    const merged = merge(base, { ...base, name: { en: "Mine", de: "A" } }, { ...base, name: { en: "A", de: "Theirs" }, max_guests: 3 });
    expect(merged.document).toEqual({ ...base, name: { en: "Mine", de: "Theirs" }, max_guests: 3 });
    expect(merged.collisions).toEqual([]);
    expect(merged.taken.map((change) => change.path)).toEqual([["name", "de"], ["max_guests"]]);
  });

  it("collide in the same field, and a person chooses", () => {
    const merged = merge(base, { ...base, max_guests: 4 }, { ...base, max_guests: 5 });
    expect(merged.collisions).toEqual([{ path: ["max_guests"], base: 2, mine: 4, theirs: 5 }]);
    expect(merged.document["max_guests"]).toBe(4);
    expect(choose(merged, merged.collisions)["max_guests"]).toBe(5);
    expect(choose(merged, [])["max_guests"]).toBe(4);
  });

  it("never mix inside a formatted text", () => {
    const merged = merge({ d: text("a") }, { d: text("b") }, { d: text("c") });
    expect(merged.collisions.map((each) => each.path)).toEqual([["d"]]);
  });

  it("that are the same are no collision", () => {
    expect(merge(base, { ...base, max_guests: 9 }, { ...base, max_guests: 9 }).collisions).toEqual([]);
  });

  it("meet in a list item by item, wherever the items stand", () => {
    const mine = { ...base, beds: [{ id: "1", count: 7 }, { id: "2", count: 1 }] };
    const theirs = { ...base, beds: [{ id: "2", count: 8 }, { id: "1", count: 1 }, { id: "3", count: 1 }] };
    const merged = merge(base, mine, theirs);
    expect(merged.collisions).toEqual([]);
    expect(merged.document["beds"]).toEqual([{ id: "2", count: 8 }, { id: "1", count: 7 }, { id: "3", count: 1 }]);
  });

  it("keep an item that one removed and the other worked on", () => {
    const merged = merge(base, { ...base, beds: [{ id: "2", count: 1 }] }, { ...base, beds: [{ id: "1", count: 5 }, { id: "2", count: 1 }] });
    expect(merged.document["beds"]).toContainEqual({ id: "1", count: 5 });
  });

  it("remove an item that one removed and the other left alone", () => {
    const merged = merge(base, { ...base, beds: [{ id: "2", count: 1 }] }, { ...base, max_guests: 3 });
    expect(merged.document["beds"]).toEqual([{ id: "2", count: 1 }]);
  });

  it("both add", () => {
    const added = (id: string) => ({ ...base, beds: [...base.beds, { id, count: 1 }] });
    const merged = merge(base, added("mine"), added("theirs"));
    expect((merged.document["beds"] as { id: string }[]).map((bed) => bed.id).sort()).toEqual(["1", "2", "mine", "theirs"]);
  });
});

describe("two texts", () => {
  it("differ in their middle, with a little of what is around", () => {
    expect(difference("one two three four five six seven", "one two three four five six eight seven")).toEqual({ before: "… two three four five six ", removed: "", added: "eight ", after: "seven" });
  });

  it.each([
    ["", "new", { before: "", removed: "", added: "new", after: "" }],
    ["old", "", { before: "", removed: "old", added: "", after: "" }],
    ["a b a", "a b a b a", { before: "a b ", removed: "", added: "a b ", after: "a" }],
  ])("%j and %j", (before, after, result) => {
    expect(difference(before, after)).toEqual(result);
  });
});
