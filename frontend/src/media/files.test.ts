import { describe, expect, it } from "vitest";

import { flawOf, isPicture, LARGEST_BYTES } from "./files";

const file = (name: string, type: string, size = 1000) => ({ name, type, size });

describe("what goes into the library", () => {
  it.each([
    ["beach.jpg", "image/jpeg", 1000, null],
    ["menu.pdf", "application/pdf", 1000, null],
    // Some systems know no type; the server looks inside.
    ["beach", "", 1000, null],
    ["beach.jpg", "image/jpeg", LARGEST_BYTES, null],
    ["beach.jpg", "image/jpeg", LARGEST_BYTES + 1, "size"],
    ["beach.jpg", "image/jpeg", 0, "empty"],
    ["IMG_0001.HEIC", "", 1000, "heic"],
    ["photo", "image/heif", 1000, "heic"],
    ["logo.svg", "image/svg+xml", 1000, "svg"],
    ["tour.mp4", "video/mp4", 1000, "video"],
    ["prices.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 1000, "type"],
  ])("says of %s (%s, %i bytes): %s", (name, type, size, flaw) => {
    expect(flawOf(file(name, type, size))).toBe(flaw);
  });

  it("tells pictures from documents", () => {
    expect(isPicture(file("beach.JPG", ""))).toBe(true);
    expect(isPicture(file("", "image/png"))).toBe(true);
    expect(isPicture(file("menu.pdf", "application/pdf"))).toBe(false);
  });
});
