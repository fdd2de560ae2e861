import { describe, expect, it } from "vitest";

import { withPictures } from "./placing";

const page = { title: { en: "Home" }, sections: [{ id: "a", type: "hero", image: { url: "/old.jpg" } }, { id: "b", type: "rooms_preview" }, { id: "c", type: "gallery", title: { en: "Around" } }] };

describe("photographs of a new website", () => {
  it("open the home page and fill its gallery", () => {
    const placed = withPictures("page", page, ["one", "two", "three"]);
    expect(placed["sections"]).toEqual([
      { id: "a", type: "hero", image: { media: "one" } },
      { id: "b", type: "rooms_preview" },
      { id: "c", type: "gallery", title: { en: "Around" }, images: [{ media: "two" }, { media: "three" }] },
    ]);
  });

  it("replace what was placed before, to the last", () => {
    const placed = withPictures("page", withPictures("page", page, ["one", "two"]), ["two"]);
    expect(placed["sections"]).toEqual([{ id: "a", type: "hero", image: { media: "two" } }, { id: "b", type: "rooms_preview" }, { id: "c", type: "gallery", title: { en: "Around" } }]);
  });

  it("stand in the hotel's fact sheet", () => {
    expect(withPictures("property", { name: { en: "Alba" } }, ["one", "two"])).toEqual({ name: { en: "Alba" }, featured_image: { media: "one" }, images: [{ media: "two" }] });
  });

  it("leave a page alone that has no place for them", () => {
    expect(withPictures("page", { title: { en: "Home" } }, ["one"])).toEqual({ title: { en: "Home" } });
  });
});
