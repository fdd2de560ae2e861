// Which file is what to an import, as far as names, sizes and beginnings tell it. The server looks inside and has the last word.

import type { Schemas } from "../api/client";
import type { Wish } from "./queries";

export type Source = Wish["source"];
export type Part = Schemas["ImportPart"];

export const SOURCES: readonly Source[] = ["wordpress", "alpinebits", "sitemap", "bundle"];

const MIB = 1024 * 1024;

interface PartRule {
  endings: readonly string[];
  /** What the server takes over HTTP, in bytes. */
  largest: number;
}

/** The parts of a source. Of a sitemap the first is the index or the only file, and the others are what the index names. */
const RULES: Record<Source, Partial<Record<Part, PartRule>>> = {
  wordpress: { source: { endings: [".xml"], largest: 32 * MIB }, attachments: { endings: [".zip"], largest: 8 * 1024 * MIB } },
  alpinebits: { source: { endings: [".xml"], largest: 16 * MIB } },
  sitemap: { source: { endings: [".xml", ".xml.gz", ".csv"], largest: 16 * MIB } },
  bundle: { source: { endings: [".tar.gz", ".tgz"], largest: 8 * 1024 * MIB } },
};

/** Files of an index and itself, as many as the server takes. */
const MOST_FILES = 1_000;

/** A file that somebody chose. */
export interface Chosen<F = File> {
  file: F;
  /** Whether it is a sitemap that names others. */
  isIndex: boolean;
}

export type Flaw = "empty" | "size" | "ending" | "second" | "noIndex" | "tooMany";

export interface Placed<F = File> {
  file: F;
  part: Part;
  flaw: Flaw | null;
  /** What the server takes of this part, in bytes. */
  largest: number;
}

type Named = Pick<File, "name" | "size">;

const endsIn = (name: string, endings: readonly string[]) => endings.some((ending) => name.toLowerCase().endsWith(ending));

export const isTable = ({ name }: Pick<File, "name">) => endsIn(name, [".csv"]);

/** What the file chooser offers. */
export function endingsOf(source: Source): readonly string[] {
  // Choosers know the last part of an ending only.
  return Object.values(RULES[source]).flatMap(({ endings }) => endings.map((ending) => (ending.endsWith(".gz") ? ".gz" : ending)));
}

export function largestOf(source: Source, part: Part = "source"): number {
  return RULES[source][part]?.largest ?? 0;
}

/** A limit to be read: the server counts in steps of 1024, people in steps of 1000. */
export function readable(limit: number): number {
  return limit >= 1024 * MIB ? (limit / (1024 * MIB)) * 1e9 : (limit / MIB) * 1e6;
}

export function takesSeveral(source: Source): boolean {
  return source === "sitemap" || source === "wordpress";
}

function partOf(source: Source, name: string): Part | null {
  const rules = Object.entries(RULES[source]) as [Part, PartRule][];
  return rules.find(([, { endings }]) => endsIn(name, endings))?.[0] ?? null;
}

/** The chosen files with new ones: of what there is only one, the new one stays. */
export function added<F extends Named>(source: Source, before: readonly Chosen<F>[], more: readonly Chosen<F>[]): Chosen<F>[] {
  const isReplaced = ({ file }: Chosen<F>) =>
    more.some(({ file: other }) => other.name === file.name || (source === "sitemap" ? isTable(other) || isTable(file) : partOf(source, other.name) === partOf(source, file.name)));
  return [...before.filter((chosen) => !isReplaced(chosen)), ...more];
}

/** Says of every file what it is to the import, and what is wrong with it before anything is sent. */
export function placed<F extends Named>(source: Source, chosen: readonly Chosen<F>[]): Placed<F>[] {
  if (source === "sitemap") return placedSitemaps(chosen);
  const taken = new Set<Part>();
  return chosen.map(({ file }) => {
    const part = partOf(source, file.name);
    const isSecond = part !== null && taken.has(part);
    if (part !== null) taken.add(part);
    return part === null ? wrong(file, "ending") : judged(source, file, part, isSecond ? "second" : null);
  });
}

function placedSitemaps<F extends Named>(chosen: readonly Chosen<F>[]): Placed<F>[] {
  const isTaken = ({ file }: Chosen<F>) => partOf("sitemap", file.name) !== null;
  const first = chosen.find((each) => isTaken(each) && each.isIndex) ?? chosen.find(isTaken);
  return chosen.map((each, place) => {
    const { file } = each;
    if (!isTaken(each)) return wrong(file, "ending");
    if (each === first) return judged("sitemap", file, "source", null);
    // A table stands for itself.
    if (isTable(file) || isTable(first?.file ?? file)) return judged("sitemap", file, "beside", "second");
    return judged("sitemap", file, "beside", first?.isIndex !== true ? "noIndex" : place >= MOST_FILES ? "tooMany" : null);
  });
}

const wrong = <F>(file: F, flaw: Flaw): Placed<F> => ({ file, part: "source", flaw, largest: 0 });

function judged<F extends Named>(source: Source, file: F, part: Part, flaw: Flaw | null): Placed<F> {
  const largest = largestOf(source, part === "beside" ? "source" : part);
  return { file, part, flaw: flaw ?? (file.size === 0 ? "empty" : file.size > largest ? "size" : null), largest };
}

/** Whether this can be sent: nothing is wrong, and the source's own file is there. */
export function isWhole(files: readonly Placed<unknown>[]): boolean {
  return files.every(({ flaw }) => flaw === null) && files.some(({ part }) => part === "source");
}

/** Enough of a sitemap to meet its first element, also behind a comment and packed. */
const BEGINNING = 64 * 1024;

/** Whether a file is a sitemap that names others: it says so at its beginning. */
export async function isIndex(file: File): Promise<boolean> {
  if (!endsIn(file.name, [".xml", ".xml.gz"])) return false;
  const start = file.slice(0, BEGINNING);
  try {
    const text = endsIn(file.name, [".gz"]) ? await unpackedBeginning(start) : await start.text();
    return /<(\w+:)?sitemapindex[\s>]/.test(text);
  } catch {
    // Whatever it is, the server says what is wrong with it.
    return false;
  }
}

async function unpackedBeginning(packed: Blob): Promise<string> {
  const reader = packed.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const { value } = await reader.read();
  // The rest is missing, which is no news.
  void reader.cancel().catch(() => undefined);
  return new TextDecoder().decode(value);
}
