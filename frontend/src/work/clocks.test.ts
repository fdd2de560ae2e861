import { describe, expect, it } from "vitest";

import { isZone, localInWords, localTime, momentIn, standing, turnOf } from "./clocks";

describe("the clocks of a hotel", () => {
  it("show their own time, whatever the reader's are", () => {
    const instant = new Date("2026-12-24T23:30:00Z");
    expect(localTime("Europe/Zurich", instant)).toBe("2026-12-25T00:30");
    expect(localTime("America/New_York", instant)).toBe("2026-12-24T18:30");
    expect(momentIn("America/New_York", instant.toISOString(), "de")).toBe("24.12.2026, 18:30 (America/New York)");
    expect(localInWords("2026-12-24T18:30", "de")).toBe("24.12.2026, 18:30");
  });

  it.each([
    ["Europe/Zurich", "2027-10-31T00:30:00Z", "earlier"],
    ["Europe/Zurich", "2027-10-31T01:30:00Z", "later"],
    ["Europe/Zurich", "2027-10-31T02:30:00Z", null],
    ["Europe/Zurich", "2027-10-30T23:30:00Z", null],
    ["Australia/Lord_Howe", "2027-04-03T14:45:00Z", "earlier"],
    ["Australia/Lord_Howe", "2027-04-03T15:15:00Z", "later"],
    ["Australia/Lord_Howe", "2027-04-03T14:15:00Z", null],
  ])("of %s show the time of %s twice: %s", (zone, instant, turn) => {
    expect(turnOf(zone, instant)).toBe(turn);
  });

  it("are those of a zone that there is", () => {
    expect(["Australia/Lord_Howe", "UTC"].map(isZone)).toEqual([true, true]);
    expect(["Europe/Zur", "", undefined, 3].map(isZone)).toEqual([false, false, false, false]);
  });

  it.each([
    [undefined, undefined, "always"],
    ["2026-06-01T00:00", undefined, "from"],
    ["2026-06-02T00:00", undefined, "not_yet"],
    [undefined, "2026-06-02T00:00", "until"],
    [undefined, "2026-06-01T12:00", "over"],
    ["2026-05-01T00:00", "2026-07-01T00:00", "between"],
    ["2026-05-01T00:00", "2026-05-02T00:00", "over"],
  ] as const)("tell where noon of June 1st lies from %s to %s: %s", (from, until, where) => {
    expect(standing(from, until, "2026-06-01T12:00")).toBe(where);
  });
});
