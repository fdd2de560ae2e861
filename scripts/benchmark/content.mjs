// What lists, filters, orders, cursors and expansions of the public API cost over many entries, over HTTP with the key's check,
// limit and metering; each call another one, so that none is answered from memory. And that a call does not pay for what it does
// not touch: the same calls on a small site alone, and beside a site with all the others; on entries with few facts, and with many.
//
//   node scripts/benchmark/content.mjs PROGRAM [ENTRIES [CALLS]]
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePort, until } from "../../tests/browser/program.mjs";

const [program, many = "100000", repeated = "300"] = process.argv.slice(2);
if (program === undefined) throw new Error("usage: node scripts/benchmark/content.mjs PROGRAM [ENTRIES [CALLS]]");
const ENTRIES = Number(many);
const FEW = Math.min(1_000, ENTRIES);
const AMENITIES = 50;
// Calls of each kind, at most 300: then they begin to repeat, and are answered from memory.
const CALLS = Number(repeated);
const KINDS = ["room", "suite", "apartment", "villa", "dorm"];
const MANY_FACTS = 50;

const folder = mkdtempSync(join(process.env.TMPDIR ?? tmpdir(), "gammacms-content."));
const data = join(folder, "data");

// The same numbers in each run.
let seed = 20261129;
const random = (below) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
};

/** One site with so many rooms, each with so many facts of the hotel's own. */
function site(slug, rooms, facts) {
  const records = Array.from({ length: rooms }, (_, id) => ({
    id,
    name: `Room ${random(1_000_000)} of ${id}`,
    kind: KINDS[random(KINDS.length)],
    guests: 1 + random(10),
    size: 10 + random(9_000) / 10,
    order: id,
    // One in a hundred.
    labels: [`tag-${random(100)}`],
    amenities: Array.from({ length: 5 }, () => ({ id: random(AMENITIES) })),
    facts: Object.fromEntries(Array.from({ length: facts }, (_, number) => [`fact_${number}`, `Something about ${number} of ${id}`])),
  }));
  const amenities = Array.from({ length: AMENITIES }, (_, id) => ({ id, name: `Amenity ${id}` }));
  writeFileSync(join(folder, `${slug}.json`), JSON.stringify([{ id: 1, name: slug, amenities, rooms: records }]));
  writeFileSync(
    join(folder, `${slug}.toml`),
    `[site]
name = "{name}"
slug = "${slug}"
domain = "${slug}.example"
default_locale = "en"
locales = ["en"]
time_zone = "Europe/Zurich"
currency = "CHF"
publish = true
[[entries]]
type = "amenity"
each = "amenities"
key = "amenity-{id}"
slug = "amenity-{id}"
publish = true
[entries.fields]
name = { localized = { en = "name" } }
[[entries]]
type = "room"
each = "rooms"
key = "room-{id}"
slug = "room-{id}"
publish = true
[entries.fields]
name = { localized = { en = "name" } }
kind = "kind"
max_guests = "guests"
size_sqm = "size"
order = "order"
tags = "labels"
amenities = { each = "amenities", item = { reference = { type = "amenity", key = "amenity-{id}" } } }
${facts > 0 ? `custom_fields = { object = { ${Array.from({ length: facts }, (_, number) => `fact_${number} = "facts.fact_${number}"`).join(", ")} } }` : ""}
`,
  );
  const began = performance.now();
  run("import", "json", join(folder, `${slug}.json`), "--mapping", join(folder, `${slug}.toml`), "--organization", "many-hotels");
  return (performance.now() - began) / 1000;
}

const run = (...words) => execFileSync(program, ["--data-dir", data, ...words], { encoding: "utf8", maxBuffer: 1 << 28 });
const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

run("organization", "create", "--name", "Many Hotels");
const key = JSON.parse(run("apikey", "create", "--organization", "many-hotels", "--name", "bench", "--per-minute", "1000000", "--per-day", "1000000000", "--json")).key;

/** Starts the program, does something with it, ends it. */
async function serving(does) {
  const port = await freePort();
  const environment = { ...process.env, GAMMACMS_RATE_LIMIT_PER_MINUTE: "1000000", GAMMACMS_RATE_LIMIT_PER_DAY: "1000000000" };
  const server = spawn(program, ["--data-dir", data, "serve", "--listen", `127.0.0.1:${port}`], { env: environment, stdio: "ignore" });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const base = `http://127.0.0.1:${port}/api/public/v1/sites`;
  try {
    await until("the program answers", async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200, 120);
    // The search index is built in the background at the first start: its work is not part of a call's cost.
    await until("the search index", async () => (await fetch(`${base}/few/search/?q=room`, { headers: { "X-API-Key": key } })).status !== 503, 1_800);
    return await does(base);
  } finally {
    server.kill("SIGTERM");
    await ended;
  }
}

/** The calls: each is another one every time. */
const calls = {
  "a list's first part": (n) => `limit=${1 + (n % 100)}&fields=name,kind,slug${",version".repeat(n >= 100 ? 1 : 0)}${",order".repeat(n >= 200 ? 1 : 0)}`,
  "one value (1 of 100)": (n) => `filter[tags][contains]=tag-${n % 100}&limit=${20 + Math.floor(n / 100)}`,
  "one value (1 of 5)": (n) => `filter[kind][eq]=${KINDS[n % 5]}&limit=${1 + Math.floor(n / 5)}`,
  "a range and a choice": (n) => `filter[size_sqm][gte]=${20 + n}&filter[kind][in]=suite,villa&limit=20`,
  "by a number, the largest first": (n) => `sort=-size_sqm&limit=${1 + (n % 100)}&fields=name${",kind".repeat(n >= 100 ? 1 : 0)}${",slug".repeat(n >= 200 ? 1 : 0)}`,
  "by two fields": (n) => `sort=max_guests,-name&limit=${1 + (n % 100)}&fields=name${",kind".repeat(n >= 100 ? 1 : 0)}${",slug".repeat(n >= 200 ? 1 : 0)}`,
  "one value, by a number": (n) => `filter[kind][eq]=${KINDS[n % 5]}&sort=size_sqm&limit=${1 + Math.floor(n / 5)}`,
  "20 entries with 5 references expanded": (n) => `filter[size_sqm][gte]=${10 + n / 10}&expand=amenities&limit=20`,
};

async function ask(url) {
  const began = performance.now();
  const answer = await fetch(url, { headers: { "X-API-Key": key } });
  const found = await answer.json();
  if (answer.status !== 200) throw new Error(`${answer.status} ${url} ${JSON.stringify(found)}`);
  return { took: performance.now() - began, found };
}

/** Half and 95 % of the calls, by kind. */
async function measured(base, slug) {
  const figures = {};
  for (const [name, query] of Object.entries(calls)) {
    const took = [];
    for (let n = 0; n < CALLS; n += 1) took.push((await ask(`${base}/${slug}/rooms/?${query(n)}`)).took);
    figures[name] = took;
  }
  // By cursor through all of it, or as far as half a thousand parts reach: the last ones cost what the first did.
  const took = [];
  let next = `${base}/${slug}/rooms/?limit=100&fields=name&sort=name`;
  while (next !== null && took.length < 500) {
    const part = await ask(next);
    took.push(part.took);
    next = part.found.next;
  }
  figures["by cursor, 100 entries, the last tenth of the way"] = took.slice(-Math.max(1, Math.floor(took.length / 10)));
  return figures;
}

const told = (values) => `${quantile(values, 0.5).toFixed(1)} / ${quantile(values, 0.95).toFixed(1)} ms`;
try {
  site("few", FEW, 0);
  site("wide", FEW, MANY_FACTS);
  const [alone, wide] = await serving(async (base) => [await measured(base, "few"), await measured(base, "wide")]);
  const seconds = site("many", ENTRIES, 0);
  const [beside, large] = await serving(async (base) => [await measured(base, "few"), await measured(base, "many")]);
  const rows = Object.keys(alone).map((name) => `| ${name} | ${[alone, beside, wide, large].map((figures) => told(figures[name])).join(" | ")} |`);
  console.log(`
## Lists of many entries

Made by \`scripts/benchmark/content.sh\` on ${new Date().toISOString().slice(0, 10)}, on the machine above: rooms with a name, a kind, a size, a tag and five amenities. One client asks one question
after the other over HTTP, each another one, so that none is answered from memory; median / 95 % within. The import of ${ENTRIES.toLocaleString("en")} published rooms took
${seconds.toFixed(0)} s. What a call does not touch should cost it nothing: the second column is the first beside a site of ${ENTRIES.toLocaleString("en")} rooms, the third has ${MANY_FACTS} further facts in
every room, of which no call asks for one (but they are in the document that is read).

| call | ${FEW.toLocaleString("en")} rooms | beside ${ENTRIES.toLocaleString("en")} others | with ${MANY_FACTS} more facts each | ${ENTRIES.toLocaleString("en")} rooms |
|---|---:|---:|---:|---:|
${rows.join("\n")}
`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
