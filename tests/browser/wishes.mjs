// The part of the story in which somebody clicks twice: one wish is done once, and refused once.

import { isSaved } from "./content.mjs";
import { asOwner } from "./program.mjs";

const NEXT_YEAR = new Date().getUTCFullYear() + 1;

export function tellOfWishes({ step, see, title, press, fill, program, owner, known, expect }) {
  const site = () => `/api/v1/sites/${known().site.id}`;
  const ask = (method, path, body) => asOwner(owner, method, path, body);
  const dialog = () => owner.locator("dialog");
  const twice = (name) => dialog().getByRole("button", { name, exact: true }).dblclick();
  const close = async () => {
    await owner.keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
  };
  const expectOne = (what, found) => {
    if (found.length !== 1) throw new Error(`${what}: ${found.length} of ${JSON.stringify(found)}`);
    return found[0];
  };
  /** What is sent while something is done. */
  const sent = async (run) => {
    const seen = [];
    const listen = (request) => request.method() !== "GET" && seen.push(`${request.method()} ${new URL(request.url()).pathname}`);
    owner.on("request", listen);
    await run();
    owner.off("request", listen);
    return seen;
  };

  step("a double click makes one page, one copy, one link, one plan and one release", async () => {
    const pages = async (name) => (await ask("GET", `${site()}/entries/?type=page&page_size=200`)).results.filter((entry) => entry.title === name);
    await owner.goto(`${program.base}/dashboard/sites/${known().site.id}/pages`);
    await owner.getByRole("button", { name: "New Page" }).first().click();
    await dialog().getByRole("textbox").first().fill("Clicked twice");
    await twice("Create and fill in");
    await title(owner, "Clicked twice");
    const first = expectOne("pages", await pages("Clicked twice"));

    await press(owner, "Share a preview");
    await twice("Make the link");
    await see(owner, "Copy the link now");
    await close();
    const links = (await ask("GET", `${site()}/preview-links/`)).results;
    const link = expectOne("links", links.filter((each) => each.entry === first.id));

    await press(owner, "Schedule");
    await dialog().getByLabel("What happens", { exact: true }).selectOption({ label: "Ends" });
    await fill(owner, "Day", `${NEXT_YEAR}-06-01`);
    const planned = await sent(async () => {
      await twice("Schedule");
      await see(owner, "It is scheduled for");
    });
    expectOne("plans that were sent", planned);
    const plan = expectOne("plans", (await ask("GET", `${site()}/schedules/?entry=${first.id}`)).results);
    expect(["status of 4"]);
    await fill(owner, "Day", "2020-01-01");
    const refused = await sent(async () => {
      await twice("Schedule");
      await dialog().locator("[role=alert]").waitFor();
    });
    expectOne("refused plans", refused);
    expect([]);
    await close();

    // On a page, the copy stands in the list, or in the panel of its settings.
    await owner.goto(`${program.base}/dashboard/sites/${known().site.id}/pages`);
    await owner.locator("tr", { hasText: "Clicked twice" }).getByRole("button", { name: /^Duplicate/ }).dblclick();
    await title(owner, "Clicked twice (2)");
    const copy = expectOne("copies", await pages("Clicked twice (2)"));

    await owner.goto(`${program.base}/dashboard/releases`);
    await owner.getByRole("button", { name: "New release" }).first().click();
    await fill(owner, "Name", "Made by two clicks");
    await twice("Create");
    await title(owner, "Made by two clicks");
    const release = expectOne("releases", (await ask("GET", "/api/v1/releases/")).results.filter((each) => each.name === "Made by two clicks"));

    await ask("DELETE", `${site()}/schedules/${plan.id}/`);
    await ask("DELETE", `${site()}/preview-links/${link.id}/`);
    for (const made of [first, copy]) await ask("DELETE", `${site()}/entries/${made.id}/`);
    await ask("DELETE", `/api/v1/releases/${release.id}/`);
  });

  step("what is pasted is shown as it is kept: no word is lost on the way", async () => {
    const room = await ask("POST", `${site()}/entries/`, { type: "room", document: { name: { en: "Pasted" } } });
    await owner.goto(`${program.base}/dashboard/sites/${known().site.id}/rooms/${room.id}`);
    const surface = owner.locator(".rich-surface").first();
    const shown = async () => (await surface.innerText()).split(/\s+/).filter((word) => word !== "");
    await surface.click();
    const html = [
      "<p>Intro</p><blockquote><p>We loved it.</p><p>Truly.</p></blockquote>",
      "<table><tr><td><p>Adults</p></td><td><p>CHF 120</p></td></tr></table>",
      "<ul><li><h3>Sauna</h3></li></ul><h2><p>Header</p></h2>",
      `<a href="https://a.example"><div>Card title</div></a>`,
      `<figure><img alt=""><figcaption>Caption</figcaption></figure>`,
    ].join("");
    await owner.evaluate((text) => navigator.clipboard.write([new ClipboardItem({ "text/html": new Blob([text], { type: "text/html" }) })]), html);
    await owner.keyboard.press("Control+v");
    await owner.keyboard.type(" End");
    await isSaved(owner);
    const written = await shown();
    const pasted = "Intro We loved it. Truly. Adults CHF 120 Sauna Header Card title Caption End".split(" ");
    if (written.join(" ") !== pasted.join(" ")) throw new Error(`shown: ${written.join(" ")}`);
    await owner.reload();
    await surface.getByText("Caption End").waitFor();
    const kept = await shown();
    if (kept.join(" ") !== written.join(" ")) throw new Error(`shown: ${written.join(" ")}\nkept: ${kept.join(" ")}`);
    await ask("DELETE", `${site()}/entries/${room.id}/`);
  });
}
