import { describe, expect, it } from "vitest";

import type { Schemas } from "../api/client";
import { plannedDays } from "./agenda";

const release = (id: string, state: Schemas["ReleaseState"], local: string | null) =>
  ({ id, state, name: id, items: [], fires_at: local === null ? null : `${local}Z`, local_time: local, time_zone: local === null ? null : "UTC" }) as unknown as Schemas["Release"];
const schedule = (id: string, local: string, fires: string) => ({ id, state: "waiting", local_time: local, fires_at: fires, time_zone: "Europe/Zurich" }) as unknown as Schemas["Schedule"];

describe("the agenda", () => {
  it("has releases and single plans in one order, day by day on the hotel's clocks", () => {
    const days = plannedDays(
      [release("summer", "scheduled", "2027-06-01T06:00:00"), release("open", "open", null), release("live", "live", "2027-05-01T06:00:00")],
      // Just after midnight in Zurich it is still the day before in UTC.
      [schedule("late", "2027-06-02T00:30:00", "2027-06-01T22:30:00Z"), schedule("early", "2027-06-01T05:00:00", "2027-06-01T03:00:00Z")],
    );
    expect(days.map(({ day, planned }) => [day, planned.map(({ key, time }) => `${time} ${key}`)])).toEqual([
      ["2027-06-01", ["05:00 early", "06:00 summer"]],
      ["2027-06-02", ["00:30 late"]],
    ]);
  });

  it("is empty where nothing waits", () => {
    expect(plannedDays([release("open", "open", null)], [])).toEqual([]);
  });
});
