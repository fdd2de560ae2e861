// What a browser that was never here loads until the dashboard can be used: bytes over the line and milliseconds, on this machine and on a
// slow mobile line. Prints a section for docs/benchmarks.md.
//
//   node scripts/benchmark/dashboard.mjs PATH-OF-THE-PROGRAM

import { createRequire } from "node:module";

import { startProgram } from "../../tests/browser/program.mjs";

const require = createRequire(new URL("../../frontend/package.json", import.meta.url));
const { chromium } = require("playwright-core");

const ROUNDS = 5;
const OWNER = { email: "owner@bench.example", password: "seven herons over the reeds" };
/** "Slow 4G" as browsers' own tools have it: 1.6 Mbit/s, 150 ms there and back. */
const SLOW = { offline: false, latency: 150, downloadThroughput: (1.6 * 1e6) / 8, uploadThroughput: (0.75 * 1e6) / 8 };
const LINES = [
  { name: "this machine", line: null },
  { name: "1.6 Mbit/s, 150 ms", line: SLOW },
];

const program = await startProgram(process.argv[2]);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });

const setup = await fetch(`${program.base}/api/v1/setup/`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({
    code: program.setupCode(),
    owner: { ...OWNER, name: "Bench" },
    organization: { name: "Bench Hotels", time_zone: "Europe/Zurich", currency: "CHF", locales: ["en", "de"], default_locale: "en" },
    start: "sample",
  }),
});
if (setup.status !== 201) throw new Error(await setup.text());

const median = (figures) => figures.toSorted((one, other) => one - other)[Math.floor(figures.length / 2)];

/** Opens an address with an empty cache until something is to be seen; says what came over the line. */
async function load(state, path, ready, line) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: "en-GB", ...(state === null ? {} : { storageState: state }) });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  let bytes = 0;
  let requests = 0;
  await session.send("Network.enable");
  if (line !== null) await session.send("Network.emulateNetworkConditions", line);
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength;
    requests += 1;
  });
  const begun = performance.now();
  await page.goto(`${program.base}${path}`, { waitUntil: "commit" });
  await page.getByRole("heading", { level: 1, name: ready }).waitFor();
  const took = performance.now() - begun;
  await page.waitForLoadState("networkidle").catch(() => undefined);
  const loaded = { bytes, requests, took };
  const kept = await context.storageState();
  const signIn = async () => {
    await page.getByLabel("E-mail address").fill(OWNER.email);
    await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { level: 1, name: "Sites" }).waitFor();
    return context.storageState();
  };
  const signedIn = state === null ? await signIn() : kept;
  await context.close();
  return { ...loaded, signedIn };
}

let member = null;
const rows = [];
for (const { name, line } of LINES) {
  for (const [what, path, ready, isMember] of [
    ["sign-in", "/dashboard/sign-in", "Sign in", false],
    ["sites, signed in", "/dashboard", "Sites", true],
  ]) {
    const loads = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const one = await load(isMember ? member : null, path, ready, line);
      member = one.signedIn;
      loads.push(one);
    }
    rows.push(`| ${what} | ${name} | ${loads[0].requests} | ${(median(loads.map(({ bytes }) => bytes)) / 1000).toFixed(0)} kB | ${median(loads.map(({ took }) => took)).toFixed(0)} ms |`);
  }
}
await browser.close();
await program.stop();
console.log(`
## The dashboard's first load

Made by \`scripts/benchmark/dashboard.mjs\` on ${new Date().toISOString().slice(0, 10)}: Chromium with an empty cache, medians of ${ROUNDS}; bytes as they came over the line, with
headers, until the line was quiet; time until the screen's heading stands there.

| screen | line | requests | bytes | time |
|---|---|---:|---:|---:|
${rows.join("\n")}`);
