// The story in real Chromium, from an empty directory to a team that works: every screen is opened, read by axe in light
// and dark, tried on a phone's width and from right to left. Any complaint of the browser's console fails it.
//
//   node tests/browser/run.mjs --binary PATH [--screenshots FOLDER] [--album FOLDER]
//
// `--screenshots` keeps everything that was looked at, whole and in order; `--album` what the documentation shows.

import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { totp } from "./authenticator.mjs";
import { tellOfBrand } from "./brand.mjs";
import { tellOfContent } from "./content.mjs";
import { tellOfDoors } from "./doors.mjs";
import { tellOfLanguages } from "./languages.mjs";
import { tellOfMedia } from "./media.mjs";
import { tellOfMovingIn } from "./moving.mjs";
import { startProgram } from "./program.mjs";
import { tellOfTaking } from "./taking.mjs";
import { tellOfWizard } from "./wizard.mjs";

const require = createRequire(new URL("../../frontend/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axe = require.resolve("axe-core/axe.min.js");

const { values: options } = parseArgs({ options: { binary: { type: "string" }, screenshots: { type: "string" }, album: { type: "string" } } });
if (options.binary === undefined) throw new Error("--binary PATH is missing");
for (const folder of [options.screenshots, options.album]) if (folder !== undefined) mkdirSync(folder, { recursive: true });

const DESKTOP = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };
const OWNER = { name: "Mina Alder", email: "mina@seehaus.example", password: "seven herons over the reeds" };
const GUEST = { name: "Tom Weber", email: "tom@seehaus.example", password: "copper kettles under snow" };

const program = await startProgram(options.binary);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const complaints = [];

/** What the browser may say: a refused request that the story provokes, by its status. */
let expected = [];

async function open(name) {
  // The policy stays in force: axe is brought in through the debugger, not as a script of the page.
  const context = await browser.newContext({ viewport: DESKTOP, reducedMotion: "reduce", locale: "en-GB", permissions: ["clipboard-write", "clipboard-read"] });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (error) => complaints.push(`${name}: ${error.message}`));
  page.on("console", (message) => {
    if (!["error", "warning"].includes(message.type())) return;
    if (expected.some((text) => message.text().includes(text))) return;
    complaints.push(`${name} at ${page.url()}: ${message.text()}`);
  });
  return { context, page };
}

let shots = 0;
async function shoot(page, name) {
  // Websites look the same in the dark, and from right to left is for the test to see.
  if (options.album !== undefined && !/-rtl$|^website-.*-dark$/.test(name)) await keep(page, name);
  if (options.screenshots === undefined) return;
  shots += 1;
  await page.screenshot({ path: join(options.screenshots, `${String(shots).padStart(2, "0")}-${name}.png`), fullPage: true });
}

/** A page of its own that makes pictures smaller: a debugger at the page itself would lift what the story does to its line. */
let darkroom;

/** What stands in the window, in the format that takes the least room. */
async function keep(page, name) {
  darkroom ??= await (await browser.newContext()).newPage();
  // From its top, wherever the story has scrolled to.
  const at = await page.evaluate(() => {
    const before = scrollY;
    scrollTo(0, 0);
    return before;
  });
  const picture = (await page.screenshot()).toString("base64");
  await page.evaluate((before) => scrollTo(0, before), at);
  const small = await darkroom.evaluate(async (picture) => {
    const image = new Image();
    image.src = `data:image/png;base64,${picture}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext("2d").drawImage(image, 0, 0);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/webp", quality: 0.72 })).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  }, picture);
  writeFileSync(join(options.album, `${name}.webp`), Buffer.from(small, "base64"));
}

async function hasNoOverflow(page, name) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 1) {
    const who = await page.evaluate(() =>
      [...document.querySelectorAll("body *")]
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 || element.getBoundingClientRect().left < -1)
        .slice(0, 5)
        .map((element) => `${element.tagName}.${element.className}`),
    );
    throw new Error(`${name}: ${wide} px too wide: ${who.join(", ")}`);
  }
}

/** Everything that is asked of a screen, whatever it shows. */
async function look(page, name) {
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    // Colours are read once everything, the preview's frame too, has been drawn in the new scheme and has stopped moving.
    await page.evaluate(async () => {
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
      const ends = document.getAnimations().filter((each) => each.effect?.getComputedTiming().endTime !== Infinity);
      await Promise.all(ends.map((each) => each.finished.catch(() => undefined)));
    });
    if ((await page.evaluate(() => typeof window.axe)) === "undefined") {
      const { readFileSync } = await import("node:fs");
      await page.evaluate(readFileSync(axe, "utf8"));
    }
    const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
    if (violations.length > 0) {
      const told = violations.map((found) => `${found.id}: ${found.help}\n    ${found.nodes.map((node) => `${node.html}\n      ${node.failureSummary}`).join("\n    ")}`);
      throw new Error(`${name} in ${scheme}:\n  ${told.join("\n  ")}`);
    }
    await shoot(page, `${name}-${scheme}`);
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.setViewportSize(PHONE);
  await hasNoOverflow(page, `${name} on a phone`);
  await shoot(page, `${name}-phone`);
  await page.evaluate(() => (document.documentElement.dir = "rtl"));
  await hasNoOverflow(page, `${name} on a phone from right to left`);
  await page.setViewportSize(DESKTOP);
  await hasNoOverflow(page, `${name} from right to left`);
  await shoot(page, `${name}-rtl`);
  await page.evaluate(() => document.documentElement.removeAttribute("dir"));
}

const steps = [];
const step = (name, run) => steps.push({ name, run });
const see = (page, text) => page.getByText(text).first().waitFor();
const title = (page, text) => page.getByRole("heading", { level: 1, name: text }).waitFor();
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const fill = (page, label, value) => page.getByLabel(label, { exact: true }).fill(value);
const api = (path, headers) => fetch(`${program.base}/api/public/v1/${path}`, { headers });

async function signIn(page, person) {
  await page.goto(`${program.base}/dashboard/sign-in`);
  await fill(page, "E-mail address", person.email);
  await fill(page, "Password", person.password);
  await press(page, "Sign in");
}

const { page: owner, context: ownerContext } = await open("owner");
const { page: guest } = await open("guest");
let site;
let reader;
let recoveryCode;

step("the first address leads to setup, and a wrong code is refused there", async () => {
  expected = ["status of 4"];
  await owner.goto(program.base);
  await owner.waitForURL("**/setup");
  await title(owner, "Welcome");
  await look(owner, "setup-code");
  await press(owner, "Continue");
  await see(owner, "Type the code first.");
});

step("the printed link fills the code in, and a few steps set everything up", async () => {
  await owner.goto("about:blank");
  await owner.goto(`${program.base}/setup#code=${program.setupCode()}`);
  await press(owner, "Continue");
  await title(owner, "Who are you?");
  await fill(owner, "Your name", OWNER.name);
  await fill(owner, "E-mail address", OWNER.email);
  await fill(owner, "Password", "short");
  await look(owner, "setup-owner");
  await press(owner, "Continue");
  await title(owner, "Your hotel group");
  await fill(owner, "Name of the group", "Seehaus Hotels");
  await owner.getByLabel("Languages", { exact: true }).selectOption("de");
  await look(owner, "setup-organization");
  await press(owner, "Continue");
  await title(owner, "What to start with");
  await look(owner, "setup-start");
  await owner.getByRole("radio", { name: /^Sample hotel group/ }).check();
  await press(owner, "Set up");
  // The refused password leads back to its step.
  await title(owner, "Who are you?");
  await see(owner, "A password has at least 12 characters");
  await look(owner, "setup-refused");
  await fill(owner, "Password", OWNER.password);
  await press(owner, "Continue");
  await press(owner, "Continue");
  await press(owner, "Set up");
  await title(owner, "Your website");
  await owner.frameLocator(".preview-frame").getByRole("heading", { level: 1 }).waitFor();
  await look(owner, "setup-website-sample");
  await owner.getByRole("link", { name: "Go on to the dashboard" }).click();
});

step("the sites of the sample group stand in the dashboard", async () => {
  expected = [];
  await title(owner, "Sites");
  await owner.getByRole("link", { name: "Ankerhof" }).waitFor();
  await look(owner, "sites");
});

step("a key reads what is published, and nothing else", async () => {
  expected = [];
  await owner.getByRole("link", { name: "API keys" }).click();
  await title(owner, "API keys");
  await look(owner, "keys-empty");
  await owner.getByRole("button", { name: "New key" }).first().click();
  await fill(owner, "Name", "Lobby kiosk");
  await look(owner, "keys-new");
  await press(owner, "Create the key");
  await see(owner, "Copy the key now");
  const [key, organization] = await owner.locator("dialog code").allTextContents();
  await look(owner, "keys-made");
  await press(owner, "Done");
  reader = { "X-API-Key": key, "X-Organization-ID": organization };
  const sites = await (await api("sites/", reader)).json();
  site = sites.find((each) => each.slug === "ankerhof");
  if (site === undefined) throw new Error(`the sample site is not public: ${JSON.stringify(sites)}`);
  if ((await api("sites/", {})).status !== 401) throw new Error("the API answers without a key");
  await see(owner, "Lobby kiosk");
  await look(owner, "keys");
});

step("what is taken offline in the dashboard is gone from the API, and back when published", async () => {
  await owner.getByRole("link", { name: "Sites", exact: true }).click();
  await owner.getByRole("link", { name: site.name }).click();
  await title(owner, site.name);
  await look(owner, "site-pages");
  await owner.getByRole("link", { name: "Rooms", exact: true }).click();
  const row = owner.locator("tbody tr").first();
  await row.waitFor();
  await look(owner, "site-rooms");
  const slug = (await row.locator(".small").first().textContent()).trim();
  const path = `sites/${site.slug}/rooms/${slug}/`;
  if ((await api(path, reader)).status !== 200) throw new Error(`${path} is not public`);
  await row.getByRole("button", { name: "Take offline" }).click();
  await owner.getByText(/is offline\./).first().waitFor();
  if ((await api(path, reader)).status !== 404) throw new Error(`${path} is still public`);
  await row.getByRole("button", { name: "Publish" }).click();
  await owner.getByText(/is published\./).first().waitFor();
  if ((await api(path, reader)).status !== 200) throw new Error(`${path} is not public again`);
  await row.getByRole("link").click();
  await see(owner, "History");
  await owner.locator(".rich-surface").first().waitFor();
  await look(owner, "entry");
});

tellOfDoors({ step, title, press, fill, program, open, person: OWNER, known: () => ({ site }), expect: (texts) => (expected = texts) });

tellOfWizard({ step, look, see, title, press, fill, open, binary: options.binary, expect: (texts) => (expected = texts) });

const tellOfReading = tellOfMedia({ step, look, see, title, press, program, owner, guest, known: () => ({ site }), expect: (texts) => (expected = texts) });

tellOfContent({
  step,
  look,
  see,
  title,
  press,
  fill,
  api,
  program,
  owner, ownerContext, open,
  known: () => ({ site, reader }),
  expect: (texts) => (expected = texts),
});

step("a site's settings are changed and kept", async () => {
  await owner.goto(`${program.base}/dashboard/sites/${site.id}/settings`);
  await fill(owner, "Name", "Ankerhof am See");
  await look(owner, "site-settings");
  await press(owner, "Save");
  await see(owner, "Ankerhof am See is saved.");
  await title(owner, "Ankerhof am See");
  await fill(owner, "Name", "");
  expected = ["status of 4"];
  await press(owner, "Save");
  await owner.locator("[role=alert]").first().waitFor();
  await look(owner, "site-settings-refused");
  expected = [];
});

step("somebody is invited, joins by the link and can only read", async () => {
  await owner.getByRole("link", { name: "Team" }).click();
  await title(owner, "Team");
  await press(owner, "Invite someone");
  await fill(owner, "E-mail address", GUEST.email);
  await owner.getByLabel("Role", { exact: true }).selectOption("viewer");
  await look(owner, "team-invite");
  await press(owner, "Send the invitation");
  const link = await owner.locator("dialog code").first().textContent();
  await look(owner, "team-invited");
  await press(owner, "Done");
  await see(owner, GUEST.email);
  await look(owner, "team");
  expected = ["status of 401"];
  await guest.goto(link);
  await see(guest, "invites you to the team of Seehaus Hotels");
  await look(guest, "invitation");
  await fill(guest, "Your name", GUEST.name);
  await fill(guest, "Password", GUEST.password);
  await press(guest, "Join Seehaus Hotels");
  await see(guest, "You are in the team of Seehaus Hotels now.");
  await signIn(guest, GUEST);
  await title(guest, "Sites");
  await see(guest, "Ankerhof");
  expected = [];
  if (await guest.getByRole("button", { name: "New site" }).isVisible()) throw new Error("a viewer is offered a new site");
  await look(guest, "viewer-sites");
  await guest.getByRole("link", { name: "Organization" }).click();
  await see(guest, "You can read this; your role cannot change it.");
  await look(guest, "viewer-organization");
  await guest.getByRole("link", { name: "Sites", exact: true }).click();
  await guest.getByRole("link", { name: "Ankerhof am See" }).click();
  await guest.getByRole("link", { name: "Rooms", exact: true }).click();
  await guest.locator("tbody tr").first().getByRole("link").click();
  await guest.locator(".rich-surface").first().waitFor();
  if (!(await guest.getByRole("textbox", { name: /^Name/ }).isDisabled())) throw new Error("a viewer can type");
  if (await guest.getByRole("button", { name: "Publish", exact: true }).isVisible()) throw new Error("a viewer is offered to publish");
  await look(guest, "viewer-room");
  await guest.goto(`${program.base}/admin`);
  await guest.waitForURL("**/dashboard");
});

tellOfReading();

tellOfLanguages({ step, look, see, title, press, fill, program, owner, guest, known: () => ({ site }), expect: (texts) => (expected = texts) });

tellOfBrand({ step, look, see, title, press, api, program, owner, guest, known: () => ({ site, reader }), expect: (texts) => (expected = texts) });

tellOfTaking({ step, look, see, title, press, program, owner, guest, known: () => ({ site }), expect: (texts) => (expected = texts) });

tellOfMovingIn({ step, look, see, title, press, program, owner, guest, known: () => ({ site }) });

step("a second factor is asked for once it is on", async () => {
  await owner.getByRole("link", { name: OWNER.name }).click();
  await title(owner, "Your account");
  await press(owner, "Turn on");
  await see(owner, "Scan this");
  await look(owner, "two-factor");
  const secret = await owner.locator("dialog code").first().textContent();
  await fill(owner, "Code", totp(secret));
  await press(owner, "Confirm");
  await see(owner, "Recovery codes");
  recoveryCode = (await owner.locator(".codes li").first().textContent()).trim();
  await press(owner, "I have kept them");
  await look(owner, "account");
  // What the page that is left was still asking for may be refused.
  expected = ["status of 401"];
  await press(owner, "Sign out");
  await owner.waitForURL("**/dashboard/sign-in**");
  await look(owner, "sign-in");
  await signIn(owner, OWNER);
  await owner.getByLabel("Code", { exact: true }).waitFor();
  await look(owner, "sign-in-code");
  await fill(owner, "Code", recoveryCode);
  await press(owner, "Sign in");
  await title(owner, "Sites");
  expected = [];
});

step("a forgotten password is set anew by the link in the mail", async () => {
  expected = ["status of 401"];
  await guest.context().clearCookies();
  await guest.goto(`${program.base}/dashboard/forgot`);
  await look(guest, "forgot");
  await fill(guest, "E-mail address", GUEST.email);
  await press(guest, "Send the link");
  await see(guest, "the link is on its way");
  const mail = await program.mail(GUEST.email, "/dashboard/reset#token=");
  const link = /http\S+\/dashboard\/reset#token=\S+/.exec(mail)[0];
  await guest.goto(link);
  await look(guest, "reset");
  await fill(guest, "New password", "winter light on slate roofs");
  await press(guest, "Set the password");
  await see(guest, "The new password is set.");
  await signIn(guest, { ...GUEST, password: "winter light on slate roofs" });
  await title(guest, "Sites");
  expected = [];
});

step("usage, audit log and organization show what happened", async () => {
  await owner.getByRole("link", { name: "Usage" }).click();
  await title(owner, "Usage");
  await look(owner, "usage");
  await owner.getByRole("link", { name: "Audit log" }).first().click();
  await title(owner, "Audit log");
  const record = owner.locator(".record-head").first();
  await record.click();
  await see(owner, "Link of the chain");
  await look(owner, "audit");
  await owner.getByRole("link", { name: "Organization", exact: true }).click();
  await title(owner, "Organization");
  await owner.getByLabel("Name of the group").waitFor();
  await look(owner, "organization");
});

step("the operator sees the installation's health, jobs, accounts and organizations", async () => {
  for (const [link, heading] of [
    ["Health", "Health"],
    ["Organizations", "Organizations"],
    ["Accounts", "Accounts"],
    ["Jobs", "Jobs"],
  ]) {
    await owner.getByRole("link", { name: link, exact: true }).click();
    await title(owner, heading);
    await owner.locator("tbody tr").first().waitFor();
    await look(owner, `admin-${heading.toLowerCase()}`);
  }
});

step("a lost connection is said, and comes back by itself", async () => {
  expected = ["ERR_INTERNET_DISCONNECTED"];
  await ownerContext.setOffline(true);
  await see(owner, "No connection.");
  await look(owner, "offline");
  await ownerContext.setOffline(false);
  await owner.getByText("No connection.").waitFor({ state: "detached" });
  expected = [];
});

step("everything works by keyboard and in German", async () => {
  await owner.goto(`${program.base}/dashboard/account`);
  await owner.getByLabel("Language", { exact: true }).selectOption("de");
  await title(owner, "Ihr Konto");
  if ((await owner.evaluate(() => document.documentElement.lang)) !== "de") throw new Error("the page's language is not told");
  await look(owner, "german");
  await owner.goto(`${program.base}/dashboard`);
  await title(owner, "Websites");
  await owner.keyboard.press("Tab");
  await owner.keyboard.press("Enter");
  if ((await owner.evaluate(() => document.activeElement?.id)) !== "content") throw new Error("the first key does not skip to the content");
  await owner.goto(`${program.base}/dashboard/nowhere`);
  await see(owner, "Hier ist nichts");
  await look(owner, "missing");
});

step("the website's own pages are as accessible, in both languages and on a phone", async () => {
  const live = `${program.base}/live/${site.slug}`;
  await owner.goto(`${live}/rooms`);
  const room = await owner.locator(".room-card:not(.room-card--plain) a").first().getAttribute("href");
  for (const [name, address] of [
    ["home", `${live}/`],
    ["home-german", `${live}/de`],
    ["rooms", `${live}/rooms`],
    ["room", new URL(room, program.base).href],
    ["contact", `${live}/contact`],
    ["nowhere", `${live}/nowhere`],
  ]) {
    expected = name === "nowhere" ? ["status of 404"] : [];
    await owner.goto(address);
    await owner.getByRole("heading", { level: 1 }).first().waitFor();
    await look(owner, `website-${name}`);
  }
  expected = [];
});

step("the documentation and the API's browser open under their policies", async () => {
  await guest.goto(`${program.base}/docs/`);
  await guest.getByRole("link").first().waitFor();
  await hasNoOverflow(guest, "docs");
  await shoot(guest, "docs");
  await guest.goto(`${program.base}/api/v1/schema/`);
  await guest.getByText("Sites").first().waitFor();
  await shoot(guest, "api-browser");
});

step("nobody was refused anything that they were offered", () => {
  if (complaints.length > 0) throw new Error(complaints.join("\n"));
});

let failed = false;
for (const { name, run } of steps) {
  const started = Date.now();
  try {
    await run();
    console.log(`ok    ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed = true;
    console.log(`FAIL  ${name}\n${error.stack}`);
    if (complaints.length > 0) console.log(`the browser said:\n${complaints.join("\n")}`);
    if (options.screenshots !== undefined) {
      await owner.screenshot({ path: join(options.screenshots, "failed-owner.png") });
      await guest.screenshot({ path: join(options.screenshots, "failed-guest.png") });
    }
    console.log(program.log().split("\n").filter((line) => /ERROR|WARN|panic/.test(line)).slice(-20).join("\n"));
    break;
  }
}
await browser.close();
await program.stop();
process.exit(failed ? 1 : 0);
