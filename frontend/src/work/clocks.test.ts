import { describe, expect, it } from "vitest";

import { localInWords, localTime, momentIn, standing } from "./clocks";

describe("the clocks of a hotel", () => {
  it("show their own time, whatever the reader's are", () => {
    const instant = new Date("2026-12-24T23:30:00Z");
    expect(localTime("Europe/Zurich", instant)).toBe("2026-12-25T00:30");
    expect(localTime("America/New_York", instant)).toBe("2026-12-24T18:30");
    expect(momentIn("America/New_York", instant.toISOString(), "de")).toBe("24.12.2026, 18:30 (America/New York)");
    expect(localInWords("2026-12-24T18:30", "de")).toBe("24.12.2026, 18:30");
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
