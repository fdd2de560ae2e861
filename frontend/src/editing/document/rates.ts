// Prices by season: which nights have two prices, which have none, and what a spreadsheet's cells mean.

export interface Season {
  index: number;
  name: string;
  /** First and last night, `2026-12-24`; empty while being typed. */
  from: string;
  to: string;
}

export interface Overlap {
  first: Season;
  second: Season;
  from: string;
  to: string;
}

export interface Gap {
  from: string;
  to: string;
}

const DAY_MS = 86_400_000;

function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

function whole(seasons: readonly Season[]): Season[] {
  const right = seasons.filter((season) => isDay(season.from) && isDay(season.to) && season.from <= season.to);
  return right.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
}

/** Nights with two prices. */
export function overlaps(seasons: readonly Season[]): Overlap[] {
  const sorted = whole(seasons);
  return sorted.flatMap((first, place) =>
    sorted
      .slice(place + 1)
      .filter((second) => second.from <= first.to)
      .map((second) => ({ first, second, from: second.from, to: second.to < first.to ? second.to : first.to })),
  );
}

/** Nights without a price, between the first season and the last. */
export function gaps(seasons: readonly Season[]): Gap[] {
  const found: Gap[] = [];
  let covered: string | null = null;
  for (const season of whole(seasons)) {
    if (covered !== null && season.from > dayAfter(covered)) found.push({ from: dayAfter(covered), to: dayAfter(season.from, -1) });
    if (covered === null || season.to > covered) covered = season.to;
  }
  return found;
}

/** The cells of a copied range: rows by lines, columns by tabs; a cell in quotes may hold both. */
export function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = "";
  let isQuoted = false;
  const endCell = () => {
    rows.at(-1)?.push(cell.trim());
    cell = "";
  };
  const letters = text.replaceAll("\r\n", "\n").replace(/\n$/, "");
  for (let place = 0; place < letters.length; place += 1) {
    const letter = letters.charAt(place);
    if (isQuoted && letter === '"' && letters.charAt(place + 1) === '"') {
      cell += '"';
      place += 1;
    } else if (letter === '"' && (isQuoted || cell === "")) isQuoted = !isQuoted;
    else if (letter === "\t" && !isQuoted) endCell();
    else if (letter === "\n" && !isQuoted) {
      endCell();
      rows.push([]);
    } else cell += letter;
  }
  endCell();
  return rows;
}

/** A day as people and spreadsheets write it: 24.12.2026, 24/12/26, 2026-12-24. Day before month. */
export function dayOf(text: string): string | null {
  const year = /^(\d{4})-(\d{1,2})-(\d{1,2})/.exec(text);
  const other = /^(\d{1,2})[./\s-]+(\d{1,2})[./\s-]+(\d{2}|\d{4})$/.exec(text);
  const [y, m, d] = year === null ? [other?.[3], other?.[2], other?.[1]] : [year[1], year[2], year[3]];
  if (y === undefined || m === undefined || d === undefined) return null;
  const day = `${y.length === 2 ? `20${y}` : y}-${m.padStart(2, "0")}-${d.padStart(2, "0")}`;
  // 31 February turns over into March: then it is no day.
  return isDay(day) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day) ? day : null;
}

/** An amount as spreadsheets write it: CHF 1'250.00, 1.250,50 €, 120. */
export function amountOf(text: string): string | null {
  const plain = text.replaceAll(/[^\d.,'’\s-]/g, "").replaceAll(/['’\s]/g, "");
  const last = Math.max(plain.lastIndexOf("."), plain.lastIndexOf(","));
  const decimals = last >= 0 ? plain.length - last - 1 : 0;
  // Three digits behind the last sign are thousands, unless it stands alone as 0.125 would.
  const isDecimal = last >= 0 && decimals !== 3;
  const digits = isDecimal ? `${plain.slice(0, last).replaceAll(/[.,]/g, "")}.${plain.slice(last + 1)}` : plain.replaceAll(/[.,]/g, "");
  return /^\d+(\.\d+)?$/.test(digits) ? digits : null;
}

/** A currency's code beside an amount. */
export function currencyOf(text: string): string | null {
  const code = /\b[A-Z]{3}\b/.exec(text)?.[0];
  return code ?? ({ "€": "EUR", $: "USD", "£": "GBP" } as Record<string, string>)[/[€$£]/.exec(text)?.[0] ?? ""] ?? null;
}
