import { describe, expect, it } from "vitest";

import { amountOf, cellsOf, currencyOf, dayOf, gaps, overlaps, type Season } from "./rates";

const season = (index: number, from: string, to: string): Season => ({ index, name: "", from, to });

describe("seasons", () => {
  it("that share nights are named with the nights they share", () => {
    const found = overlaps([season(0, "2026-06-01", "2026-08-31"), season(1, "2026-08-15", "2026-09-10"), season(2, "2026-09-11", "2026-10-01")]);
    expect(found.map(({ first, second, from, to }) => [first.index, second.index, from, to])).toEqual([[0, 1, "2026-08-15", "2026-08-31"]]);
  });

  it("that lie inside of another overlap it for all their nights", () => {
    const [found] = overlaps([season(0, "2026-01-01", "2026-12-31"), season(1, "2026-07-01", "2026-07-07")]);
    expect([found?.from, found?.to]).toEqual(["2026-07-01", "2026-07-07"]);
  });

  it("that leave nights without a price are told, in any order, over leap days too", () => {
    expect(gaps([season(1, "2028-03-01", "2028-04-30"), season(0, "2028-01-01", "2028-02-28")])).toEqual([{ from: "2028-02-29", to: "2028-02-29" }]);
    expect(gaps([season(0, "2026-01-01", "2026-12-31"), season(1, "2026-02-01", "2026-02-10"), season(2, "2027-01-01", "2027-02-01")])).toEqual([]);
  });

  it("that are half typed say nothing", () => {
    const half = [season(0, "2026-01-01", ""), season(1, "", "2026-02-01"), season(2, "2026-05-01", "2026-04-01")];
    expect(overlaps(half)).toEqual([]);
    expect(gaps(half)).toEqual([]);
  });
});

describe("a spreadsheet's cells", () => {
  it("are rows and columns, with what stands in quotes kept whole", () => {
    expect(cellsOf('Low\t01.11.2026\n"High ""A""\nlate"\t2\r\n')).toEqual([["Low", "01.11.2026"], ['High "A"\nlate', "2"]]);
  });

  it.each([
    ["24.12.2026", "2026-12-24"],
    ["4/7/26", "2026-07-04"],
    ["2026-1-5", "2026-01-05"],
    ["31.02.2026", null],
    ["soon", null],
  ])("say %s and mean %s", (text, day) => {
    expect(dayOf(text)).toBe(day);
  });

  it.each([
    ["CHF 1'250.00", "1250.00"],
    ["1.250,50 €", "1250.50"],
    ["1,250", "1250"],
    ["120", "120"],
    ["99,5", "99.5"],
    ["from 12", "12"],
    ["free", null],
    ["-5", null],
  ])("price %s as %s", (text, amount) => {
    expect(amountOf(text)).toBe(amount);
  });

  it("tell their currency", () => {
    expect([currencyOf("CHF 120"), currencyOf("120 €"), currencyOf("120")]).toEqual(["CHF", "EUR", null]);
  });
});
