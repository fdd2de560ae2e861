// Times on the clocks of a hotel: whoever reads them may sit in another zone.

/** A zone as people read it. */
export function zoneInWords(zone: string): string {
  return zone.replaceAll("_", " ");
}

/** An instant on the clocks of a zone, with the zone. */
export function momentIn(zone: string, instant: string, language: string): string {
  return `${new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", timeZone: zone }).format(new Date(instant))} (${zoneInWords(zone)})`;
}

/** What the clocks of a zone show, as a form writes it: `2026-12-24T18:00`. */
export function localTime(zone: string, instant: Date): string {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(instant);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}`;
}

/** Whether something names a zone that this browser has the clocks of. */
export function isZone(zone: unknown): zone is string {
  if (typeof zone !== "string" || zone === "") return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** How far clocks are set back where they are: an hour, on Lord Howe Island half of one. */
const SET_BACK_MINUTES = [30, 60];

/** Which of two an instant is, where the clocks of a zone show its time twice; null where they do so once. */
export function turnOf(zone: string, instant: string): "earlier" | "later" | null {
  const shown = localTime(zone, new Date(instant));
  const isShown = (minutes: number) => localTime(zone, new Date(new Date(instant).getTime() + minutes * 60_000)) === shown;
  if (SET_BACK_MINUTES.some((minutes) => isShown(minutes))) return "earlier";
  return SET_BACK_MINUTES.some((minutes) => isShown(-minutes)) ? "later" : null;
}

/** A time that a form holds, as people read it: it is nowhere in particular. */
export function localInWords(time: string, language: string): string {
  const instant = new Date(`${time}Z`);
  return Number.isNaN(instant.getTime()) ? time : new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" }).format(instant);
}

export type Standing = "always" | "from" | "until" | "between" | "not_yet" | "over";

/** Where the present lies to a span of local times; times of one form sort as text. */
export function standing(from: string | undefined, until: string | undefined, now: string): Standing {
  if (from !== undefined && now < from) return "not_yet";
  if (until !== undefined && until <= now) return "over";
  if (from !== undefined) return until === undefined ? "from" : "between";
  return until === undefined ? "always" : "until";
}
