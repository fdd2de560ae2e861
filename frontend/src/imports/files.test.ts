import { describe, expect, it } from "vitest";

import { added, isIndex, isWhole, placed, readable, type Source } from "./files";

const chosen = (name: string, { size = 10, index = false } = {}) => ({ file: { name, size }, isIndex: index });
const told = (source: Source, ...files: ReturnType<typeof chosen>[]) => placed(source, files).map(({ file, part, flaw }) => `${file.name} ${part}${flaw === null ? "" : ` ${flaw}`}`);

describe("the files of an import", () => {
  it("are what their endings say", () => {
    expect(told("wordpress", chosen("uploads.ZIP"), chosen("export.xml"))).toEqual(["uploads.ZIP attachments", "export.xml source"]);
    expect(told("bundle", chosen("seehaus.tar.gz"))).toEqual(["seehaus.tar.gz source"]);
    expect(told("alpinebits", chosen("house.json"))).toEqual(["house.json source ending"]);
  });

  it("are one of each, but for sitemaps", () => {
    expect(told("wordpress", chosen("part-1.xml"), chosen("part-2.xml"))).toEqual(["part-1.xml source", "part-2.xml source second"]);
    expect(told("sitemap", chosen("old.csv"), chosen("sitemap.xml"))).toEqual(["old.csv source", "sitemap.xml beside second"]);
  });

  it("are put beside the index that names them, wherever it was chosen", () => {
    expect(told("sitemap", chosen("pages.xml.gz"), chosen("index.xml", { index: true }), chosen("posts.xml"))).toEqual(["pages.xml.gz beside", "index.xml source", "posts.xml beside"]);
    expect(told("sitemap", chosen("pages.xml"), chosen("posts.xml"))).toEqual(["pages.xml source", "posts.xml beside noIndex"]);
  });

  it("are refused before they are sent when they are empty or too large", () => {
    expect(told("wordpress", chosen("export.xml", { size: 0 }))).toEqual(["export.xml source empty"]);
    expect(told("wordpress", chosen("export.xml", { size: 33 * 1024 * 1024 }))).toEqual(["export.xml source size"]);
    expect(told("sitemap", chosen("i.xml", { index: true }), chosen("b.xml", { size: 17 * 1024 * 1024 }))).toEqual(["i.xml source", "b.xml beside size"]);
  });

  it("have limits that can be read", () => {
    expect(readable(32 * 1024 * 1024)).toBe(32_000_000);
    expect(readable(8 * 1024 ** 3)).toBe(8_000_000_000);
  });

  it("can be sent when nothing is wrong and the source's own file is there", () => {
    expect(isWhole(placed("wordpress", [chosen("uploads.zip")]))).toBe(false);
    expect(isWhole(placed("wordpress", [chosen("uploads.zip"), chosen("export.xml")]))).toBe(true);
    expect(isWhole(placed("wordpress", [chosen("export.xml"), chosen("photo.jpg")]))).toBe(false);
    expect(isWhole([])).toBe(false);
  });

  it("make room for newer ones of the same kind", () => {
    const names = (source: Source, before: string[], more: string[]) => added(source, before.map((name) => chosen(name)), more.map((name) => chosen(name))).map(({ file }) => file.name);
    expect(names("wordpress", ["a.xml", "u.zip"], ["b.xml"])).toEqual(["u.zip", "b.xml"]);
    expect(names("sitemap", ["index.xml"], ["pages.xml"])).toEqual(["index.xml", "pages.xml"]);
    expect(names("sitemap", ["index.xml"], ["old.csv"])).toEqual(["old.csv"]);
  });
});

describe("an index of sitemaps", () => {
  const packed = async (text: string) => new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
  const index = `<?xml version="1.0"?>\n<!-- made by a plug-in -->\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`;

  it("is known by its first element, packed or not", async () => {
    expect(await isIndex(new File([index], "sitemap.xml"))).toBe(true);
    expect(await isIndex(new File([await packed(index)], "sitemap.xml.gz"))).toBe(true);
    expect(await isIndex(new File(["<urlset><url><loc>/sitemapindex</loc></url></urlset>"], "sitemap.xml"))).toBe(false);
    expect(await isIndex(new File(["not packed"], "sitemap.xml.gz"))).toBe(false);
    expect(await isIndex(new File([index], "table.csv"))).toBe(false);
  });
});
