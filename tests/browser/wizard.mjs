// The first minutes of a hotel: from the setup code by five facts and three photographs to its website, in the wizard.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { drop, photographs } from "./photographs.mjs";
import { litestream, startProgram } from "./program.mjs";

const OWNER = { name: "Lena Alba", email: "lena@alba.example", password: "eleven rooms over a harbour" };

export function tellOfWizard({ step, look, see, title, press, fill, open, binary, expect }) {
  let program;
  let page;
  let context;
  let replica;
  let website;

  step("five facts make a website, and a wrong one is told at its field", async () => {
    replica = mkdtempSync(join(tmpdir(), "gammacms-replica-"));
    const replicated = { LITESTREAM_BINARY: litestream(), LITESTREAM_REPLICA_URL: `file://${replica}/copy`, GAMMACMS_INIT_EMPTY: "true" };
    program = await startProgram(binary, litestream() === null ? {} : replicated);
    ({ page, context } = await open("hotelier"));
    await page.goto(`${program.base}/setup#code=${program.setupCode()}`);
    await press(page, "Continue");
    await fill(page, "Your name", OWNER.name);
    await fill(page, "E-mail address", OWNER.email);
    await fill(page, "Password", OWNER.password);
    await press(page, "Continue");
    await fill(page, "Name of the group", "Hotel Alba");
    await page.getByLabel("Languages", { exact: true }).selectOption("de");
    await press(page, "Continue");
    await page.getByRole("radio", { name: /^Your own website/ }).check();
    await press(page, "Continue");
    await title(page, "Five facts about the hotel");
    if ((await page.getByLabel("Name of the hotel").inputValue()) !== "Hotel Alba") throw new Error("the group's name is not offered");
    await page.getByLabel("One sentence about it, in English").fill("Eleven rooms above the harbour");
    await page.getByLabel("One sentence about it, in German").fill("Elf Zimmer über dem Hafen");
    await fill(page, "Street and number", "Seestrasse 4");
    await fill(page, "Postal code", "9403");
    await fill(page, "Town", "Goldach");
    await page.getByLabel("Country", { exact: true }).selectOption("CH");
    await fill(page, "Telephone", "please call");
    await fill(page, "E-mail", "stay@alba.example");
    await press(page, "Add a room");
    await fill(page, "Name of the room", "Harbour room");
    await fill(page, "For two, in EUR", "180");
    await look(page, "setup-facts");
    expect(["status of 422"]);
    await press(page, "Make the website");
    await see(page, "A telephone number is written like");
    await look(page, "setup-facts-refused");
    await fill(page, "Telephone", "+41 71 555 01 40");
    await press(page, "Make the website");
    await title(page, "A few photographs");
    expect([]);
  });

  step("photographs are chosen and dropped, and a reload or a lost line loses none", async () => {
    await look(page, "setup-photos-empty");
    const [harbour, room, breakfast] = await photographs(page, ["harbour.jpg", "room.jpg", "breakfast.jpg"]);
    await page.locator("input[type=file]").first().setInputFiles([harbour, room]);
    await page.locator(".photo").nth(1).waitFor();
    expect(["ERR_INTERNET_DISCONNECTED"]);
    await context.setOffline(true);
    await drop(page, ".drop", [breakfast, { name: "film.mp4", mimeType: "video/mp4", buffer: Buffer.from("film") }]);
    await see(page, "Films are not taken.");
    await see(page, "The server does not answer.");
    await look(page, "setup-photos-offline");
    await context.setOffline(false);
    await page.locator(".photo").nth(2).waitFor();
    expect([]);
    await page.reload();
    await page.locator(".photo").nth(2).waitFor();
    await page.locator(".photo").first().getByRole("button", { name: "Remove harbour.jpg" }).waitFor();
    await page.locator(".photo .handle").nth(1).press("Alt+ArrowUp");
    await page.locator(".photo").first().getByRole("button", { name: "Remove room.jpg" }).waitFor();
    await page.locator(".photo").first().getByLabel("What it shows").fill("A bed under a window on the lake");
    await look(page, "setup-photos");
    await press(page, "Put them on the website");
  });

  step("the wizard ends on the website itself, with its photographs", async () => {
    await title(page, "Your website");
    const site = page.frameLocator(".preview-frame");
    await site.getByRole("heading", { level: 1, name: "Hotel Alba" }).waitFor();
    await site.getByText("Eleven rooms above the harbour").first().waitFor();
    await site.getByText("Harbour room").first().waitFor();
    const hero = site.locator(".hero img").first();
    await hero.waitFor();
    if (!(await hero.evaluate(async (image) => (await image.decode(), image.naturalWidth > 0)))) throw new Error("the first photograph is not on the home page");
    if ((await site.locator(".gallery img").count()) < 2) throw new Error("the gallery lacks photographs");
    if (await site.getByText("Two paragraphs are enough").count()) throw new Error("a hint is public");
    await look(page, "setup-website");
    website = await page.locator(".preview-frame").getAttribute("src");
    await page.getByRole("button", { name: "As on a phone" }).click();
    await look(page, "setup-website-phone-width");
    // By key: a pointer aims at where the page stood before its frame took the width of a phone.
    await site.getByRole("link", { name: "Deutsch" }).last().press("Enter");
    await site.getByText("Elf Zimmer über dem Hafen").first().waitFor();
    await page.getByRole("link", { name: "Go on to the dashboard" }).click();
    await see(page, "First steps for Hotel Alba");
  });

  step("the machine's database is lost, and the website comes back from its second place", async () => {
    if (litestream() === null) return;
    await page.goto(`${program.base}/admin`);
    await see(page, "Copy of the database");
    await page.getByText("Nothing: everything saved has arrived").waitFor();
    await look(page, "admin-replication");
    // A page that is open would complain of the server that is away.
    await page.goto("about:blank");
    await program.loseDatabase();
    if (!program.log().includes("restored the database from the replica")) throw new Error(program.log());
    await page.goto(new URL(website, program.base).href);
    await page.getByRole("heading", { level: 1, name: "Hotel Alba" }).waitFor();
    const hero = page.locator(".hero img").first();
    if (!(await hero.evaluate(async (image) => (await image.decode(), image.naturalWidth > 0)))) throw new Error("the first photograph is gone");
    await page.goto(`${program.base}/dashboard`);
    await see(page, "First steps for Hotel Alba");
  });

  step("the hotelier's program ends", async () => {
    await context.close();
    await program.stop();
    rmSync(replica, { recursive: true, force: true });
  });
}
