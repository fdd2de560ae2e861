// Hours of a day and of a week, as they are typed and as they are stored.

import { isObject, type JsonObject } from "./paths";

export interface Opening {
  from: string;
  to: string;
  last_orders: string;
}

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** A Monday, from which the days of a week are counted. */
const A_MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

/** The days' names in a language, from Monday. */
export function dayNames(language: string, width: "short" | "long"): string[] {
  const format = new Intl.DateTimeFormat(language, { weekday: width, timeZone: "UTC" });
  return WEEKDAYS.map((_, index) => format.format(A_MONDAY + index * DAY_MS));
}

/** The months' names in a language. */
export function monthNames(language: string): string[] {
  const format = new Intl.DateTimeFormat(language, { month: "long", timeZone: "UTC" });
  return Array.from({ length: 12 }, (_, month) => format.format(Date.UTC(2024, month, 1)));
}

/** Days of a month in the longest of its years. */
export function daysOf(month: number): number {
  return new Date(Date.UTC(2024, month, 0)).getUTCDate();
}

export function openings(value: unknown): Opening[] {
  const text = (item: JsonObject, name: string) => (typeof item[name] === "string" ? item[name] : "");
  return Array.isArray(value) ? value.filter(isObject).map((item) => ({ from: text(item, "from"), to: text(item, "to"), last_orders: text(item, "last_orders") })) : [];
}

/** What is complete of the typed hours; nothing for a day without any. */
export function stored(rows: readonly Opening[]): JsonObject[] | undefined {
  const whole = rows.filter((row) => row.from !== "" && row.to !== "");
  if (whole.length === 0) return undefined;
  return whole.map(({ from, to, last_orders: last }) => (last === "" ? { from, to } : { from, to, last_orders: last }));
}

/** Whether hours end on the day after the one on which they begin. */
export function passesMidnight({ from, to }: Opening): boolean {
  return from !== "" && to !== "" && to <= from && !(from === "00:00" && to === "00:00");
}

/** The hours that a day begins with: those of the day before it that has some. */
export function suggested(week: unknown, day: string): Opening[] {
  const place = WEEKDAYS.findIndex((each) => each === day);
  const before = WEEKDAYS.slice(0, Math.max(place, 0)).toReversed();
  const found = isObject(week) ? before.map((each) => openings(week[each])).find((rows) => rows.length > 0) : undefined;
  return found ?? [];
}
