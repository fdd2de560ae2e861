import { describe, expect, it } from "vitest";

import { dayNames, daysOf, openings, passesMidnight, stored, suggested } from "./hours";

describe("hours", () => {
  it("are stored when they have a beginning and an end", () => {
    const rows = [
      { from: "12:00", to: "14:00", last_orders: "" },
      { from: "18:00", to: "", last_orders: "" },
      { from: "18:00", to: "01:00", last_orders: "22:00" },
    ];
    expect(stored(rows)).toEqual([
      { from: "12:00", to: "14:00" },
      { from: "18:00", to: "01:00", last_orders: "22:00" },
    ]);
    expect(stored([])).toBeUndefined();
    expect(openings(stored(rows))).toHaveLength(2);
    expect(openings("closed")).toEqual([]);
  });

  it("may end on the next day", () => {
    for (const [from, to, passes] of [
      ["18:00", "01:00", true],
      ["18:00", "00:00", true],
      ["00:00", "00:00", false],
      ["08:00", "12:00", false],
      ["08:00", "", false],
    ] as const) {
      expect(passesMidnight({ from, to, last_orders: "" }), `${from} ${to}`).toBe(passes);
    }
  });

  it("begin as on the day before", () => {
    const week = { mon: [{ from: "08:00", to: "10:00" }], wed: [{ from: "09:00", to: "11:00" }] };
    expect(suggested(week, "tue")[0]?.from).toBe("08:00");
    expect(suggested(week, "sun")[0]?.from).toBe("09:00");
    expect(suggested(week, "mon")).toEqual([]);
    expect(suggested(undefined, "sun")).toEqual([]);
  });

  it("stand under the days' names from Monday", () => {
    expect(dayNames("en", "long")[0]).toBe("Monday");
    expect(dayNames("de", "short")[6]).toBe("So");
    expect(daysOf(2)).toBe(29);
    expect(daysOf(4)).toBe(30);
  });
});
