import { describe, expect, it } from "vitest";

import german from "./de.json";
import english from "./en.json";
import { fill, preferred, speaker } from "./index";

const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

describe("the words", () => {
  it("say the same things in every language", () => {
    expect(Object.keys(german).sort()).toEqual(Object.keys(english).sort());
  });

  it("fill the same places in every language", () => {
    for (const [key, text] of Object.entries(english)) {
      expect(places(german[key as keyof typeof german]), key).toEqual(places(text));
    }
  });

  it("never shout and never stand empty", () => {
    for (const text of [...Object.values(english), ...Object.values(german)]) {
      expect(text).not.toContain("!");
      expect(text.trim()).not.toBe("");
    }
  });

  it("have a form for one and for many", () => {
    for (const key of Object.keys(english)) {
      if (key.endsWith(".one")) expect(english).toHaveProperty([key.replace(/\.one$/, ".other")]);
    }
  });
});

describe("speaking", () => {
  it("leaves an unknown place visible", () => {
    expect(fill("{a} and {b}", { a: 1 })).toBe("1 and {b}");
  });

  it("counts in the language's own forms", () => {
    expect(speaker("de").count("sites.languages", 1)).toBe("1 Sprache");
    expect(speaker("de").count("sites.languages", 2)).toBe("2 Sprachen");
  });

  it.each([
    [["de-CH", "en"], "de"],
    [["fr", "en-GB"], "en"],
    [["zz"], "en"],
  ] as const)("takes %j as %s", (tags, language) => {
    expect(preferred(tags)).toBe(language);
  });

  it("writes sizes in steps of a thousand", () => {
    expect(speaker("en").bytes(0)).toBe("0 byte");
    expect(speaker("en").bytes(1_500_000)).toBe("1.5 MB");
  });
});
