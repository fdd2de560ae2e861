// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";

import { ownPlace } from "./address";

describe("the way on after signing in", () => {
  it.each([
    [undefined, "/dashboard"],
    ["/dashboard/sites/1/rooms?state=live#end", "/dashboard/sites/1/rooms?state=live#end"],
    [`${location.origin}/docs/`, "/docs/"],
    ["https://stranger.example/dashboard", "/dashboard"],
    ["//stranger.example/", "/dashboard"],
    ["/\\stranger.example", "/dashboard"],
    ["javascript:alert(1)", "/dashboard"],
    ["http://[", "/dashboard"],
  ])("from %s leads to %s", (next, place) => {
    expect(ownPlace(next)).toBe(place);
  });
});
