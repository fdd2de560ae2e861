import { describe, expect, it } from "vitest";

import { blank, moved, nameOf, tidy, withKind } from "./written";

describe("a written declaration", () => {
  it.each([
    ["Number of berths", "number_of_berths"],
    ["Größe (m²)", "grosse_m2"],
    ["3 Stops", "stops"],
    ["Straße", "strasse"],
  ])("makes the name of %j", (words, name) => {
    expect(nameOf(words)).toBe(name);
  });

  it("loses the rules of a kind that it no longer has", () => {
    const text = { name: "seats", label: { en: "Seats", de: "Plätze" }, required: true, kind: "text", max_length: 9, multiline: true };
    expect(withKind(text, "integer")).toEqual({ name: "seats", label: text.label, required: true, kind: "integer" });
    expect(withKind(text, "rich_text").max_length).toBe(9);
    expect(withKind(text, "list").item).toEqual({ kind: "text" });
    expect(withKind({ ...text, visibility: "team" }, "integer").visibility).toBe("team");
    expect(withKind({ ...text, searchable: false }, "list").searchable).toBe(false);
  });

  it("is sent without what says nothing", () => {
    const written = blank("type", "boat");
    written.help = { en: " ", de: "" };
    written.order_from = "";
    written.fields.push({ name: "a", label: { en: "A", de: "A" }, kind: "text", localized: false, visibility: "public", multiline: false, max_length: Number.NaN });
    written.fields.push({ name: "code", label: { en: "Code", de: "Code" }, kind: "text", searchable: false });
    const sent = tidy(written);
    expect(sent).not.toHaveProperty("help");
    expect(sent).not.toHaveProperty("order_from");
    expect(sent.fields[1]).toEqual({ name: "a", label: { en: "A", de: "A" }, kind: "text" });
    expect(sent.fields[2]?.searchable).toBe(false);
  });

  it("moves a field by one place and never out of the list", () => {
    expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
    expect(moved(["a", "b", "c"], 2, 1)).toEqual(["a", "b", "c"]);
    expect(moved(["a", "b", "c"], 0, -1)).toEqual(["a", "b", "c"]);
  });
});
