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

/** ISO 3166-1, as far as hotels stand there. */
const COUNTRIES =
  "AD AE AF AG AI AL AM AO AR AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BM BN BO BQ BR BS BT BW BY BZ CA CD CF CG CH CI CK CL CM CN CO CR CU CV CW CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TG TH TJ TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/** Countries by their names, in the order of the alphabet. */
export function countries(say: Speaker): { value: string; label: string }[] {
  const names = new Intl.DisplayNames(say.language, { type: "region" });
  return COUNTRIES.split(" ")
    .map((code) => ({ value: code, label: names.of(code) ?? code }))
    .sort((a, b) => a.label.localeCompare(b.label, say.language));
}
