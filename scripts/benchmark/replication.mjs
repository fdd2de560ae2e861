// What a lost machine costs: the program writes, one write after the other; Litestream and the program are killed in the same
// instant, everything but the replica is removed, and the program is started again. Prints a section for docs/benchmarks.md.
//
//   scripts/npm.sh tests/tools && node scripts/benchmark/replication.mjs PROGRAM [RUNS]

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePort, litestream, until } from "../../tests/browser/program.mjs";

const [program, wanted = "10"] = process.argv.slice(2);
if (program === undefined || litestream() === null) throw new Error("give the program's path, and install Litestream with scripts/npm.sh tests/tools");
const runs = Number(wanted);
const OWNER = { email: "owner@bench.example", name: "Bench", password: "seven herons over the reeds" };
const WRITING_MS = 3000;

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];

async function start(data, replica, environment = {}) {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const child = spawn(program, ["serve", "--data-dir", data, "--listen", `127.0.0.1:${port}`], {
    env: { PATH: process.env.PATH, HOME: data, LITESTREAM_BINARY: litestream(), LITESTREAM_REPLICA_URL: `file://${replica}`, ...environment },
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await until("the program answers", async () => (await fetch(`${base}/readyz`)).ok);
  const call = async (method, path, body, headers = {}) => {
    const answer = await fetch(`${base}${path}`, { method, headers: { "content-type": "application/json", ...headers }, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const signedIn = async () => {
    const { access } = await call("POST", "/api/v1/auth/login/", { email: OWNER.email, password: OWNER.password });
    return { authorization: `Bearer ${access}` };
  };
  return { child, ended, call, signedIn };
}

async function cut() {
  const folder = mkdtempSync(join(tmpdir(), "gammacms-replication-"));
  const [data, replica] = [join(folder, "data"), join(folder, "replica")];
  const before = await start(data, replica, { GAMMACMS_INIT_EMPTY: "true" });
  await before.call("POST", "/api/v1/setup/", {
    code: readFileSync(join(data, "setup-code"), "utf8").trim(),
    owner: OWNER,
    organization: { name: "Bench Hotels", time_zone: "Europe/Zurich", currency: "CHF", locales: ["en"], default_locale: "en" },
    start: "empty",
  });
  const headers = await before.signedIn();
  const wish = { name: "Bench", slug: "bench", locales: ["en"], default_locale: "en", time_zone: "UTC", currency: "CHF" };
  const site = await before.call("POST", "/api/v1/sites/", wish, headers);
  await until("the first copy", () => existsSync(join(replica, "db/generations")));
  const { process: replicator } = await before.call("GET", "/api/v1/admin/replication/", undefined, headers);
  const answered = [];
  const end = performance.now() + WRITING_MS + Math.random() * 1000;
  while (performance.now() < end) {
    await before.call("POST", `/api/v1/sites/${site.id}/entries/`, { type: "amenity", document: { name: { en: `Note ${answered.length}` } } }, headers);
    answered.push(performance.now());
  }
  // Litestream first: it would send what is left when it hears of its parent's end.
  process.kill(replicator, "SIGKILL");
  before.child.kill("SIGKILL");
  const at = performance.now();
  await before.ended;
  rmSync(data, { recursive: true });
  const began = performance.now();
  const after = await start(data, replica);
  const ready = performance.now() - began;
  const { count } = await after.call("GET", `/api/v1/sites/${site.id}/entries/?type=amenity&page_size=1`, undefined, await after.signedIn());
  after.child.kill("SIGTERM");
  await after.ended;
  rmSync(folder, { recursive: true });
  return { answered: answered.length, lost: answered.length - count, seconds: count < answered.length ? (at - answered[count]) / 1000 : 0, ready };
}

const seen = [];
for (let run = 0; run < runs; run += 1) {
  seen.push(await cut());
  console.error(JSON.stringify(seen.at(-1)));
}
const seconds = seen.map((run) => run.seconds);
console.log(`
## A lost machine

Made by \`scripts/benchmark/replication.mjs\` on ${new Date().toISOString().slice(0, 10)}, on the machine above: the program writes entries one after the other (${Math.round(median(seen.map((run) => run.answered)) / 3.5)} a second)
and is killed together with Litestream 0.3.13; its data directory is removed, and it is started again with the replica, a folder on the same disk. ${runs} times. With a
replica in a bucket, changes are sent each second instead of five times a second.

| a lost machine | figure |
|---|---:|
| seconds before the cut of which something was lost: median, most | ${median(seconds).toFixed(2)} s, ${Math.max(...seconds).toFixed(2)} s |
| answered writes that were lost: median, most | ${median(seen.map((run) => run.lost))}, ${Math.max(...seen.map((run) => run.lost))} |
| from the start without a database to the first answer, restored: median, most | ${Math.round(median(seen.map((run) => run.ready)))} ms, ${Math.round(Math.max(...seen.map((run) => run.ready)))} ms |`);
