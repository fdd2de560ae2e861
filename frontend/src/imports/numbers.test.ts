import { describe, expect, it } from "vitest";

import type { Schemas } from "../api/client";
import { countsOf, filteredRows, firstFilter, hasChanges, percentThen } from "./numbers";
import type { Report } from "./queries";

const counts = (created = 0, changed = 0, unchanged = 0, skipped = 0) => ({ created, changed, unchanged, skipped });
const row = (values: Partial<Schemas["WordpressRow"]>): Schemas["WordpressRow"] => ({ became: "", id: 1, kind: "page", line: 1, notes: [], outcome: "created", reason: "", title: "A", ...values });

const wordpress = (entries: Record<string, Schemas["TransferCounts"]>, rows: Schemas["WordpressRow"][] = []): Report => ({
  source: "wordpress",
  addresses: [],
  comments: 0,
  entries,
  is_dry_run: true,
  items: rows.length,
  kept: [],
  outcomes: {},
  remarks: [],
  rows,
  terms: 0,
  version: "1.2",
});

const coverage: Schemas["Coverage"] = {
  addresses: 4,
  covered: 1,
  created: 0,
  is_complete: false,
  is_dry_run: true,
  missing: 1,
  percent: 50,
  proposed: 1,
  redirected: 1,
  refused: 0,
  rows: [],
};
const sitemap = (values: Partial<Schemas["Coverage"]>): Report => ({ source: "sitemap", ...coverage, ...values });

const shown = (report: Report) => countsOf(report).map(({ name, created, changed, unchanged, skipped }) => [name, created, changed, unchanged, skipped].join(" "));

describe("a report in numbers", () => {
  it("tells of WordPress its entries, redirects last, and the files that came into the library", () => {
    const rows = [row({ kind: "attachment", became: "file /media/a.webp" }), row({ kind: "attachment", became: "file /media/b.webp", outcome: "unchanged" }), row({ kind: "attachment", became: "address https://old.example/c.jpg", outcome: "referenced" })];
    expect(shown(wordpress({ redirect: counts(3), page: counts(2, 1), post: counts() }, rows))).toEqual(["page 2 1 0 0", "redirect 3 0 0 0", "media 1 0 1 0"]);
  });

  it("tells of old addresses the redirects that are proposed, and then those that were made", () => {
    expect(shown(sitemap({}))).toEqual(["redirect 1 0 1 0"]);
    expect(shown(sitemap({ is_dry_run: false, proposed: 0, created: 1, redirected: 2 }))).toEqual(["redirect 1 0 1 0"]);
    expect(shown(sitemap({ proposed: 0, redirected: 0 }))).toEqual([]);
  });

  it("knows whether taking it over changes anything", () => {
    expect(hasChanges(wordpress({ page: counts(0, 0, 7) }))).toBe(false);
    expect(hasChanges(wordpress({ page: counts(0, 1, 7) }))).toBe(true);
    expect(hasChanges(wordpress({}, [row({ became: "file /media/a.webp" })]))).toBe(true);
    expect(hasChanges(sitemap({ proposed: 0 }))).toBe(false);
  });

  it("says what the proposed redirects are worth", () => {
    const { addresses, covered, redirected, proposed } = { addresses: 3, covered: 1, redirected: 0, proposed: 1 };
    expect(percentThen({ ...coverage, addresses, covered, redirected, proposed })).toBe(66);
    expect(percentThen({ ...coverage, addresses: 0, covered: 0, redirected: 0, proposed: 0 })).toBe(100);
  });

  it("is read from what was left out", () => {
    const rows = [row({ id: 1 }), row({ id: 2, outcome: "skipped" }), row({ id: 3, notes: [{ what: "block", why: "It is a form." }] })];
    expect(filteredRows(rows, "skipped").map(({ id }) => id)).toEqual([2]);
    expect(filteredRows(rows, "noted").map(({ id }) => id)).toEqual([3]);
    expect(filteredRows(rows, "all")).toHaveLength(3);
    expect(firstFilter([["skipped", 0], ["noted", 2], ["all", 3]], "all")).toBe("noted");
    expect(firstFilter([["skipped", 0], ["noted", 0], ["all", 3]], "all")).toBe("all");
  });
});
