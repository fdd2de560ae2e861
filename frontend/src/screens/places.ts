// Time zones, currencies and languages that a hotel chooses from.

import type { Speaker } from "../words";

/** Every time zone that the browser knows, the browser's own included. */
export function timeZones(): { value: string; label: string }[] {
  return [...new Set([ownTimeZone(), ...Intl.supportedValuesOf("timeZone")])].sort().map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") }));
}

export function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function currencies(say: Speaker): { value: string; label: string }[] {
  const names = new Intl.DisplayNames(say.language, { type: "currency" });
  return Intl.supportedValuesOf("currency").map((code) => ({ value: code, label: `${code} · ${names.of(code) ?? code}` }));
}

/** The languages that hotels in Europe and by the sea write in first; any other can be typed. */
const COMMON_LANGUAGES = ["en", "de", "fr", "it", "es", "pt", "nl", "rm", "da", "sv", "nb", "fi", "pl", "cs", "hu", "sl", "hr", "el", "tr", "ru", "uk", "ar", "he", "ja", "zh", "ko"];

/** Languages to offer: the common ones and those that are in use already. */
export function languages(say: Speaker, used: readonly string[]): { value: string; label: string }[] {
  return [...new Set([...COMMON_LANGUAGES, ...used])].map((tag) => ({ value: tag, label: say.languageName(tag) }));
}
