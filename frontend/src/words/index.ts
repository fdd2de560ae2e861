// The words of the screens, in message files. A key that one language lacks fails the check.

import german from "./de.json";
import english from "./en.json";

export type Word = keyof typeof english;
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;
export type Values = Record<string, string | number>;

const MESSAGES: Record<Language, Record<Word, string>> = { en: english, de: german };

/** The browser's first language that there are words for. */
export function preferred(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split("-")[0];
    if (language !== undefined && language in LANGUAGES) return language as Language;
  }
  return "en";
}

/** A message with its `{places}` filled. */
export function fill(message: string, values: Values): string {
  return message.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

export interface Speaker {
  language: Language;
  (word: Word, values?: Values): string;
  /** The form of a message for a number: keys end in `.one` and `.other`. */
  count(word: CountedWord, number: number): string;
  /** What somebody did, by the action's name in the audit log; a name without words stays as it is. */
  did(action: string): string;
  number(value: number): string;
  date(value: string): string;
  moment(value: string): string;
  day(value: string): string;
  /** How long ago something was, by its milliseconds: “5 s ago”. */
  ago(milliseconds: number): string;
  bytes(value: number): string;
  languageName(tag: string): string;
  /** “a, b and c”. */
  list(parts: readonly string[]): string;
  /** A text that comes in several languages from the server. */
  of(words: { en: string; de: string } | null | undefined): string;
}

type Stem<W> = W extends `${infer S}.other` ? S : never;
export type CountedWord = Stem<Word>;

export function speaker(language: Language): Speaker {
  const messages = MESSAGES[language];
  const plural = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  const dates = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const days = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" });
  const moments = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const spans = new Intl.RelativeTimeFormat(language, { style: "narrow" });
  const lists = new Intl.ListFormat(language);
  const names = new Intl.DisplayNames(language, { type: "language" });
  const speak = (word: Word, values: Values = {}) => fill(messages[word], values);
  return Object.assign(speak, {
    language,
    count: (word: CountedWord, number: number) => {
      const form = plural.select(number) === "one" ? "one" : "other";
      return fill(messages[`${word}.${form}` as Word], { count: numbers.format(number) });
    },
    did: (action: string) => {
      const word = `did.${action}`;
      return word in messages ? messages[word as Word] : action;
    },
    number: (value: number) => numbers.format(value),
    date: (value: string) => dates.format(new Date(value)),
    moment: (value: string) => moments.format(new Date(value)),
    day: (value: string) => days.format(new Date(`${value}T00:00:00Z`)),
    ago: (milliseconds: number) => {
      const seconds = Math.round(milliseconds / 1000);
      if (seconds < 60) return spans.format(-seconds, "second");
      return seconds < 3600 ? spans.format(-Math.round(seconds / 60), "minute") : spans.format(-Math.round(seconds / 3600), "hour");
    },
    bytes: (value: number) => {
      const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
      const step = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
      return new Intl.NumberFormat(language, {
        style: "unit",
        unit: units[step] ?? "byte",
        unitDisplay: "short",
        maximumFractionDigits: step === 0 ? 0 : 1,
      }).format(value / 1000 ** step);
    },
    languageName: (tag: string) => {
      try {
        return names.of(tag) ?? tag;
      } catch {
        return tag;
      }
    },
    list: (parts: readonly string[]) => lists.format(parts),
    of: (words: { en: string; de: string } | null | undefined) => words?.[language] ?? "",
  });
}
