// The part of the story in which content is written: rooms, prices, formatted text, pages from sections, two tabs at once,
// and no connection.

import { tellOfFacts } from "./facts.mjs";
import { tellOfHistory } from "./history.mjs";
import { tellOfHours } from "./hours.mjs";
import { tellOfTypes } from "./types.mjs";
import { tellOfWishes } from "./wishes.mjs";
import { tellOfWorkflow } from "./workflow.mjs";

/** The newest document of the entry whose form is open, as the server has it. */
export async function stored(page) {
  const [, at, , id] = /sites\/([^/]+)\/([^/]+)\/([^/?]+)/.exec(page.url());
  return page.evaluate(async (path) => (await fetch(path)).json(), `/api/v1/sites/${at}/entries/${id}/`);
}

/** Waits until everything that was typed is on the server. */
export const isSaved = (page) => page.locator(".save-state").getByText("Saved", { exact: true }).waitFor();

/** `known` gives the site and the reader's headers, which earlier steps find; `expect` what the console may say. */
export function tellOfContent({ step, look, see, title, press, fill, api, program, owner, ownerContext, open, known, expect }) {
  step("a site says what it still needs, and everything is found by name", async () => {
    await owner.goto(`${program.base}/dashboard`);
    await see(owner, "First steps for");
    await owner.locator(".checklist-steps a").first().waitFor();
    await look(owner, "checklist");
    await owner.keyboard.press("?");
    await owner.getByRole("heading", { name: "Keys" }).waitFor();
    await look(owner, "keys-of-the-keyboard");
    await owner.keyboard.press("Escape");
    await owner.keyboard.press("Control+k");
    await owner.getByRole("option", { name: "Rooms" }).first().waitFor();
    await owner.keyboard.type("ankerhof rooms");
    await look(owner, "palette");
    await owner.keyboard.press("Enter");
    await owner.getByRole("button", { name: "New Room" }).waitFor();
  });

  step("a room is written in two languages, priced from a spreadsheet, and public when it is published", async () => {
    await press(owner, "New Room");
    await fill(owner, "Name", "Boathouse Süd");
    await owner.locator("dialog").getByText("made from the name").waitFor();
    await look(owner, "room-new");
    await press(owner, "Create and fill in");
    await title(owner, "Boathouse Süd");
    await fill(owner, "Guests at most", "2");
    await owner.getByRole("button", { name: "Add a season" }).click();
    await owner.evaluate(() => navigator.clipboard.writeText("Winter\t1.11.2026\t25.3.2027\tCHF 120\t180.50\nSummer\t20.3.2027\t1.7.2027\t150\t1'210\n"));
    await owner.locator(".rates input").first().click();
    await owner.keyboard.press("Control+v");
    await see(owner, "both have a price from");
    await isSaved(owner);
    await look(owner, "room-form");
    const { document, slug } = await stored(owner);
    if (slug !== "boathouse-sued" || document.rates?.[1]?.double_rate !== "1210.00") throw new Error(`stored otherwise: ${slug} ${JSON.stringify(document.rates)}`);
    await owner.locator(".segment", { hasText: "German" }).click();
    await see(owner, "Take over");
    await owner.getByRole("textbox", { name: /^Name/ }).fill("Bootshaus Süd");
    await isSaved(owner);
    await look(owner, "room-form-german");
    const path = `sites/${known().site.slug}/rooms/boathouse-sued/`;
    if ((await api(path, known().reader)).status !== 404) throw new Error("a draft is public");
    await press(owner, "Publish");
    await see(owner, "Guests see this for the first time.");
    await look(owner, "publish");
    await owner.locator("dialog").getByRole("button", { name: "Publish" }).click();
    await see(owner, "is published.");
    if ((await (await api(`${path}?locale=de`, known().reader)).json()).name !== "Bootshaus Süd") throw new Error("the German name is not public");
    await owner.locator(".segment", { hasText: "English" }).click();
    await owner.getByLabel("Guests at most").fill("99");
    expect(["status of 4"]);
    await see(owner, "Could not save: 1 field needs a look");
    await look(owner, "room-refused");
    await owner.locator(".notice-error .link-button").click();
    await owner.locator("input:focus[aria-invalid=true]").waitFor();
    await owner.keyboard.press("Control+z");
    await owner.locator(".notice-error").waitFor({ state: "detached" });
    expect([]);
  });

  step("formatted text is written by keys, and stored as the server accepts it", async () => {
    const surface = owner.locator(".rich-surface").first();
    await surface.click();
    for (const line of ["## The view", "A **bold** word", "/"]) {
      await owner.keyboard.type(line);
      if (line !== "/") await owner.keyboard.press("Enter");
    }
    await owner.locator(".slash").waitFor();
    await look(owner, "slash-menu");
    await surface.focus();
    await owner.keyboard.type("quot");
    await owner.keyboard.press("Enter");
    await owner.keyboard.type("When in doubt, ring");
    await owner.keyboard.press("Control+Shift+ArrowLeft");
    await owner.waitForTimeout(100);
    await owner.keyboard.press("Control+k");
    await owner.getByRole("heading", { name: "Link", exact: true }).waitFor();
    await look(owner, "link");
    await owner.locator("dialog").getByLabel("Address", { exact: true }).fill("+41 71 555 01 40");
    await press(owner, "Set the link");
    await isSaved(owner);
    const [heading, words, quote] = (await stored(owner)).document.description.en.root.children;
    if (heading.tag !== "h2" || words.children[1].format !== 1 || quote.type !== "quote" || quote.children[1]?.url !== "tel:+41715550140") throw new Error(JSON.stringify([heading, words, quote]));
    // Looked at and left, nothing is saved.
    const { revision } = await stored(owner);
    await owner.reload();
    await surface.click();
    await owner.getByLabel("Guests at most").click();
    await owner.waitForTimeout(1500);
    if ((await stored(owner)).revision !== revision) throw new Error("reading a text saved it");
  });

  step("what one tab and another wrote meets: other fields join, the same field is chosen", async () => {
    const other = await ownerContext.newPage();
    await other.goto(owner.url());
    await other.getByRole("textbox", { name: /^Beds in words/ }).fill("A bunk and a bed");
    await isSaved(other);
    await owner.getByLabel("Size in m²").fill("31");
    expect(["status of 409"]);
    await see(owner, "Somebody else changed 1 field at the same time.");
    await isSaved(owner);
    if ((await owner.getByRole("textbox", { name: /^Beds in words/ }).inputValue()) !== "A bunk and a bed") throw new Error("the other tab's change is lost");
    await other.reload();
    await other.getByRole("textbox", { name: /^Beds in words/ }).fill("Theirs");
    await isSaved(other);
    await owner.getByRole("textbox", { name: /^Beds in words/ }).fill("Mine");
    await owner.getByRole("heading", { name: "Two versions" }).waitFor();
    await look(owner, "conflict");
    await owner.locator("dialog").getByRole("radio").nth(1).check();
    await press(owner, "Save this choice");
    await isSaved(owner);
    if ((await stored(owner)).document.bed_type.en !== "Theirs") throw new Error("the choice is not what is stored");
    await other.close();
    expect([]);
  });

  step("an edit without a connection survives the closed tab", async () => {
    expect(["ERR_INTERNET_DISCONNECTED"]);
    const tab = await ownerContext.newPage();
    await tab.goto(owner.url());
    await tab.getByRole("textbox", { name: /^Beds in words/ }).waitFor();
    await ownerContext.setOffline(true);
    await tab.getByRole("textbox", { name: /^Beds in words/ }).fill("Typed on the train");
    await tab.getByText("Offline: kept on this device").waitFor();
    await look(tab, "room-offline");
    // What a tab sends while it closes outlives it, and with it the lost line that belongs to the tab: it would get through.
    await tab.evaluate(() => {
      for (const [target, name] of [[window, "pagehide"], [document, "visibilitychange"]]) target.addEventListener(name, (event) => event.stopImmediatePropagation(), true);
    });
    await tab.close();
    await ownerContext.setOffline(false);
    await owner.reload();
    await see(owner, "had not reached the server");
    await look(owner, "room-restored");
    await isSaved(owner);
    if ((await stored(owner)).document.bed_type.en !== "Typed on the train") throw new Error("the edit is lost");
    expect([]);
  });

  tellOfHistory({ step, look, see, title, press, api, program, owner, known });

  step("a page is put together from sections, by key and by button", async () => {
    // A program without previews answers 404, and the pane says so calmly.
    expect(["status of 404"]);
    await owner.getByRole("link", { name: /· Rooms$/ }).click();
    await owner.getByRole("link", { name: "Pages", exact: true }).click();
    await owner.locator("tbody tr").first().getByRole("link").click();
    await owner.locator(".outline-item").first().waitFor();
    await look(owner, "page-form");
    const before = (await stored(owner)).document.sections.length;
    await press(owner, "Add a section");
    await owner.getByRole("option", { name: /^Questions and answers/ }).waitFor();
    await look(owner, "section-picker");
    await owner.keyboard.type("questions");
    await owner.keyboard.press("Enter");
    await owner.getByRole("heading", { name: "Questions and answers" }).waitFor();
    await owner.getByRole("textbox", { name: /^Heading/ }).fill("Before you come");
    await isSaved(owner);
    await owner.locator(".outline-link[aria-current=true]").press("Alt+ArrowUp");
    await owner.locator(".outline").getByRole("button", { name: "Move Before you come up" }).click();
    await owner.keyboard.press("Control+s");
    await isSaved(owner);
    const { sections } = (await stored(owner)).document;
    if (sections.length !== before + 1 || sections.findIndex((section) => section.type === "faq") !== before - 2) throw new Error(JSON.stringify(sections.map((section) => section.type)));
    await look(owner, "section-form");
    await owner.locator(".outline-link[aria-current=true]").press("Delete");
    await see(owner, "Before you come is removed.");
    await owner.locator(".messages").getByRole("button", { name: "Undo" }).click();
    await owner.locator(".outline-title", { hasText: "Before you come" }).waitFor();
    expect([]);
  });

  tellOfTypes({ step, look, see, title, press, fill, api, program, owner, known });

  tellOfWorkflow({ step, look, see, title, press, fill, api, program, owner, open, known, expect });

  tellOfFacts({ step, look, see, press, fill, api, program, owner, open, known, expect });

  tellOfWishes({ step, see, title, press, fill, program, owner, known, expect });

  tellOfHours({ step, look, see, title, press, fill, program, owner, known });
}
