// A report in numbers: how many of what are new, changed, as they were, left out.

import type { Schemas } from "../api/client";
import type { Report } from "./queries";

type Counts = Schemas["TransferCounts"];

/** How many of one kind: a type's name, or one of `OTHER_KINDS`. */
export interface Counted extends Counts {
  name: string;
}

/** What is counted beside entries. */
export const OTHER_KINDS = ["sites", "media", "declarations", "brands", "releases", "submissions"] as const;
export type OtherKind = (typeof OTHER_KINDS)[number];

export const isOtherKind = (name: string): name is OtherKind => OTHER_KINDS.some((kind) => kind === name);

const NONE: Counts = { created: 0, changed: 0, unchanged: 0, skipped: 0 };
const isSomething = ({ created, changed, unchanged, skipped }: Counts) => created + changed + unchanged + skipped > 0;

/** Redirects stand last: they follow from the rest. */
function ofEntries(entries: Record<string, Counts>): Counted[] {
  const rows = Object.entries(entries).map(([name, counts]) => ({ name, ...counts }));
  return rows.sort((a, b) => Number(a.name === "redirect") - Number(b.name === "redirect"));
}

/** A file of WordPress that came into the library. */
const isBrought = ({ became }: Schemas["WordpressRow"]) => became.startsWith("file ");

/** How many of what a report is about, without what there is none of. */
export function countsOf(report: Report): Counted[] {
  switch (report.source) {
    case "wordpress": {
      const files = report.rows.filter(isBrought);
      const created = files.filter(({ outcome }) => outcome === "created").length;
      return [...ofEntries(report.entries), { name: "media", ...NONE, created, unchanged: files.length - created }].filter(isSomething);
    }
    case "alpinebits":
      return ofEntries(report.entries).filter(isSomething);
    case "sitemap":
      // A look proposes redirects, taking over makes them.
      return [{ name: "redirect", ...NONE, created: report.is_dry_run ? report.proposed : report.created, unchanged: report.redirected - report.created }].filter(isSomething);
    case "bundle":
      return [...OTHER_KINDS.map((name) => ({ name, ...report[name] })), ...ofEntries(report.entries)].filter(isSomething);
  }
}

/** Whether taking it over changes anything. */
export function hasChanges(report: Report): boolean {
  return countsOf(report).some(({ created, changed }) => created + changed > 0);
}

export type WordpressFilter = "skipped" | "noted" | "all";

/** The items of an export that are to be read: what was left out, what has remarks, or everything. */
export function filteredRows(rows: readonly Schemas["WordpressRow"][], filter: WordpressFilter): readonly Schemas["WordpressRow"][] {
  if (filter === "all") return rows;
  return rows.filter(({ outcome, notes }) => (filter === "skipped" ? outcome === "skipped" : notes.length > 0));
}

/** The first of these that has something to read; everything where nothing has. */
export function firstFilter<F extends string>(filters: readonly (readonly [F, number])[], otherwise: F): F {
  return filters.find(([name, count]) => name !== otherwise && count > 0)?.[0] ?? otherwise;
}

/** How an old address is answered. */
export type CoverageAnswer = Schemas["CoverageAnswer"];
/** What needs somebody comes first. */
export const COVERAGE_ANSWERS: readonly CoverageAnswer[] = ["missing", "refused", "proposed", "redirected", "covered"];

/** How many of a hundred are answered once the proposed redirects are made, rounded down as the server does it. */
export function percentThen({ addresses, covered, redirected, proposed }: Schemas["Coverage"]): number {
  return addresses === 0 ? 100 : Math.floor(((covered + redirected + proposed) * 100) / addresses);
}

