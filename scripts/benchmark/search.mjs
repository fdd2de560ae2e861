// How fast something is found: 50,000 published documents in six languages, searched over HTTP with the key's check, limit and
// metering; with words as they stand, as beginnings, and with a letter wrong. And how long building the index takes.
//
//   node scripts/benchmark/search.mjs PROGRAM
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePort } from "../../tests/browser/program.mjs";

const [program] = process.argv.slice(2);
if (program === undefined) throw new Error("usage: node scripts/benchmark/search.mjs PROGRAM");

const LANGUAGES = ["en", "de", "fr", "es", "it", "nl"];
const ENTRIES = 8_334;
const WORDS_OF_A_TEXT = 65;
const VOCABULARY = 8_000;
const QUERIES = 1_500;

const folder = mkdtempSync(join(process.env.TMPDIR ?? tmpdir(), "gammacms-search."));
const data = join(folder, "data");

// The same numbers in each run.
let seed = 20261124;
const random = () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};
const any = (list) => list[Math.floor(random() * list.length)];
const syllables = "ba be bo da de di do fa fe fi ga ge go ha he ka ke ki la le li lo ma me mi mo na ne ni no pa pe po ra re ri ro sa se si so ta te ti to va ve vi wa we zi".split(" ");
const endings = { en: ["", "s", "ing", "ed"], de: ["", "en", "er", "ung"], fr: ["", "s", "es", "tion"], es: ["", "s", "os", "cion"], it: ["", "i", "o", "zione"], nl: ["", "en", "er", "ing"] };
const vocabularies = Object.fromEntries(LANGUAGES.map((language) => [language, Array.from({ length: VOCABULARY }, () => Array.from({ length: 2 + Math.floor(random() * 3) }, () => any(syllables)).join("") + any(endings[language]))]));
// Few words are frequent and most are rare, as in every language (Zipf).
const word = (language) => vocabularies[language][Math.floor(VOCABULARY ** random()) - 1];
const text = (language, words) => Array.from({ length: words }, () => word(language)).join(" ");

const records = Array.from({ length: ENTRIES }, (_, id) => Object.fromEntries([["id", id], ...LANGUAGES.flatMap((language) => [[`name_${language}`, text(language, 3)], [`text_${language}`, text(language, WORDS_OF_A_TEXT)]])]));
writeFileSync(join(folder, "many.json"), JSON.stringify([{ id: 1, name: "Many", rooms: records }]));
const localized = (field) => `{ localized = { ${LANGUAGES.map((language) => `${language} = "${field}_${language}"`).join(", ")} } }`;
writeFileSync(
  join(folder, "many.toml"),
  `[site]
name = "{name}"
slug = "many"
domain = "many.example"
default_locale = "en"
locales = [${LANGUAGES.map((language) => `"${language}"`).join(", ")}]
time_zone = "Europe/Zurich"
currency = "CHF"
publish = true
[[entries]]
type = "room"
each = "rooms"
key = "room-{id}"
slug = "room-{id}"
publish = true
[entries.fields]
name = ${localized("name")}
description = ${localized("text")}
`,
);

const run = (...words) => execFileSync(program, ["--data-dir", data, ...words], { encoding: "utf8" });
const memory = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) * 1.024 / 1000;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

run("organization", "create", "--name", "Many Hotels");
run("import", "json", join(folder, "many.json"), "--mapping", join(folder, "many.toml"), "--organization", "many-hotels");
const key = JSON.parse(run("apikey", "create", "--organization", "many-hotels", "--name", "bench", "--per-minute", "1000000", "--per-day", "1000000000", "--json")).key;

const port = await freePort();
const environment = { ...process.env, GAMMACMS_RATE_LIMIT_PER_MINUTE: "1000000", GAMMACMS_RATE_LIMIT_PER_DAY: "1000000000" };
let log = "";
const server = spawn(program, ["--data-dir", data, "serve", "--listen", `127.0.0.1:${port}`], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
for (const stream of [server.stdout, server.stderr]) stream.on("data", (bytes) => (log += bytes));
const built = (times) => {
  const found = [...log.matchAll(/the search index is built.*?documents=(\d+) milliseconds=(\d+)|"documents":(\d+),"milliseconds":(\d+)/g)];
  return found.length < times ? null : { documents: Number(found.at(-1)[1] ?? found.at(-1)[3]), milliseconds: Number(found.at(-1)[2] ?? found.at(-1)[4]) };
};
const waitBuilt = async (times) => {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = built(times);
    if (found !== null) return found;
    await pause(100);
  }
  throw new Error(`the index is not built:\n${log.slice(-2000)}`);
};
try {
  await waitBuilt(1);
  const before = memory(server.pid);
  run("search", "rebuild");
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, memory(server.pid))), 20);
  const second = await waitBuilt(2);
  clearInterval(watch);
  const ask = async (language, words) => {
    const began = performance.now();
    const answer = await fetch(`http://127.0.0.1:${port}/api/public/v1/sites/many/search/?q=${encodeURIComponent(words)}&locale=${language}`, { headers: { "X-API-Key": key } });
    const found = await answer.json();
    if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(found)}`);
    return { took: performance.now() - began, count: found.count };
  };
  const misspelt = (one) => {
    const place = 1 + Math.floor(random() * (one.length - 2));
    return one.slice(0, place) + any("aeioudlnrst".split("")) + one.slice(place + 1);
  };
  const kinds = {
    "one word": (language) => word(language),
    "two words": (language) => `${word(language)} ${word(language)}`,
    "two words, the last one begun": (language) => `${word(language)} ${word(language).slice(0, 3)}`,
    "two words, one with a letter wrong": (language) => `${misspelt(word(language))} ${word(language)}`,
  };
  const rows = [];
  const all = [];
  for (const [name, make] of Object.entries(kinds)) {
    const figures = [];
    let found = 0;
    for (let count = 0; count < QUERIES; count += 1) {
      const language = LANGUAGES[count % LANGUAGES.length];
      const { took, count: hits } = await ask(language, make(language));
      figures.push(took);
      if (hits > 0) found += 1;
    }
    all.push(...figures);
    rows.push(`| ${name} | ${quantile(figures, 0.5).toFixed(1)} ms | ${quantile(figures, 0.95).toFixed(1)} ms | ${quantile(figures, 0.99).toFixed(1)} ms | ${Math.round((found / QUERIES) * 100)} % |`);
  }
  const size = execFileSync("du", ["-sb", join(data, "search")], { encoding: "utf8" }).split("\t")[0];
  console.log(`
## Search

Made by \`scripts/benchmark/search.mjs\` on ${new Date().toISOString().slice(0, 10)}, on the machine above: ${(ENTRIES * LANGUAGES.length).toLocaleString("en")} published documents of ${WORDS_OF_A_TEXT} words in ${LANGUAGES.length} languages (and
${ENTRIES.toLocaleString("en")} drafts), made-up words with a natural spread. One client asks one question after the other over HTTP; the last word may be a beginning, and where
fewer than five things have the words as they stand, words may have a letter wrong.

| question | median | 95 % within | 99 % within | found something |
|---|---:|---:|---:|---:|
${rows.join("\n")}
| all of them (aim: 95 % within 20 ms) | ${quantile(all, 0.5).toFixed(1)} ms | ${quantile(all, 0.95).toFixed(1)} ms | ${quantile(all, 0.99).toFixed(1)} ms | |

| building the index anew while serving | figure |
|---|---:|
| time, ${second.documents.toLocaleString("en")} documents | ${(second.milliseconds / 1000).toFixed(1)} s |
| memory of the process before; most while building | ${before.toFixed(0)} MB; ${most.toFixed(0)} MB |
| on the disk | ${(Number(size) / 1e6).toFixed(0)} MB |`);
} finally {
  server.kill("SIGTERM");
  await new Promise((resolve) => server.once("exit", resolve));
  rmSync(folder, { recursive: true, force: true });
}
