import { describe, expect, it } from "vitest";

import { Refusal } from "../api/client";
import { documentOf, placed, wishesOf } from "./wishes";

const FIELDS = {
  check_in_from: { mode: "locked" as const, value: "15:00" as unknown as Record<string, never> },
  late_arrival: { mode: "inherit" as const, value: { en: "Ring the bell." } as unknown as Record<string, never> },
};

describe("the brand in its form", () => {
  it("comes back as it was", () => {
    expect(wishesOf(documentOf(FIELDS))).toEqual(FIELDS);
  });

  it("leaves a field to each hotel that was chosen and left empty", () => {
    expect(wishesOf({ values: { late_arrival: {} }, locked: { late_arrival: false, whatsapp: true } })).toEqual({});
  });

  it("meets a newer state as a conflict, and a mistake at its field", () => {
    const conflict = placed(new Refusal(409, "version_conflict", "Somebody changed it meanwhile")) as Refusal;
    expect(conflict.field("/revision")).toBe("Somebody changed it meanwhile");
    const mistake = placed(new Refusal(422, "invalid", "", [{ pointer: "/fields/late_arrival/value/xx", code: "locale_unknown", detail: "?" }])) as Refusal;
    expect(mistake.field("/values/late_arrival/xx")).toBe("?");
  });
});
