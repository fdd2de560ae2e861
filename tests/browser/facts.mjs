// The part of the story in which a house is described by its facts, a thing is shown for a time only, and somebody outside of
// the team sees a preview.

import { isSaved, stored } from "./content.mjs";

const NEXT_YEAR = new Date().getUTCFullYear() + 1;

export function tellOfFacts({ step, look, see, press, fill, api, program, owner, open, known, expect }) {
  const place = (collection) => `${program.base}/dashboard/sites/${known().site.id}/${collection}`;
  const dialog = () => owner.locator("dialog");
  let room;
  const openRoom = async () => {
    const found = await owner.evaluate(async (path) => (await fetch(path)).json(), `/api/v1/sites/${known().site.id}/entries/?type=room&state=live`);
    room = found.results[0];
    await owner.goto(`${place("rooms")}/${room.id}`);
  };

  step("a house says when its reception is open and what it has, by codes", async () => {
    await owner.goto(place("properties"));
    await owner.locator("tbody tr").first().getByRole("link").click();
    await owner.locator(".week").first().waitFor();
    const week = owner.getByRole("group", { name: "When the reception is open" });
    const monday = week.getByRole("group", { name: "Monday", exact: true }).first();
    const before = (await stored(owner)).document.front_desk_hours?.week;
    if ((await monday.getByLabel("Monday, from").count()) === 0) await monday.getByRole("button", { name: "Add hours: Monday" }).click();
    await monday.getByLabel("Monday, from").first().fill("06:30");
    await monday.getByLabel("Monday, to").first().fill("00:30");
    await monday.getByText("on the next day").waitFor();
    await week.getByRole("button", { name: "All days like Monday" }).first().click();
    const codes = owner.getByRole("group", { name: /^What the house has/ });
    await codes.getByRole("searchbox").fill("sauna");
    await codes.getByRole("group", { name: "Sauna", exact: true }).getByRole("button", { name: "Yes", exact: true }).click();
    await isSaved(owner);
    const { document } = await stored(owner);
    if (JSON.stringify(document).includes(`"from":"06:30"`) === false) throw new Error(JSON.stringify([before, document.front_desk_hours]));
    if (!document.amenity_codes.some((item) => item.code.includes("sauna") && item.status === "yes")) throw new Error(JSON.stringify(document.amenity_codes));
  });

  step("something is shown for a time only, on the hotel's clocks", async () => {
    await openRoom();
    const path = `sites/${known().site.slug}/rooms/${room.slug}/`;
    const status = async () => (await api(path, known().reader)).status;
    await see(owner, "Always, as soon as it is public.");
    await fill(owner, "Shown from", `${NEXT_YEAR}-05-01T12:00`);
    await fill(owner, "No longer shown from", `${NEXT_YEAR}-04-01T12:00`);
    expect(["status of 4"]);
    await see(owner, "This must lie after");
    await look(owner, "shown-refused");
    await fill(owner, "No longer shown from", `${NEXT_YEAR}-10-01T12:00`);
    await see(owner, "Not yet: guests see it from");
    await isSaved(owner);
    expect([]);
    await look(owner, "shown");
    await press(owner, "Publish");
    await dialog().getByRole("button", { name: "Publish", exact: true }).click();
    await see(owner, "is published.");
    if ((await status()) !== 404) throw new Error("it is shown before its time");
    await press(owner, "Always");
    await isSaved(owner);
    await press(owner, "Publish");
    await dialog().getByRole("button", { name: "Publish", exact: true }).click();
    await owner.getByRole("button", { name: "Up to date", exact: true }).waitFor();
    if ((await status()) !== 200) throw new Error("it is not shown always");
  });

  step("somebody outside sees a draft by a link, until it is withdrawn", async () => {
    await openRoom();
    await owner.locator('[id="at/name/en"]').fill("The reed room");
    await isSaved(owner);
    await press(owner, "Share a preview");
    await see(owner, "Nobody has a link yet.");
    await dialog().getByLabel(/^Password/).fill("reed");
    await look(owner, "share");
    await press(owner, "Make the link");
    const address = await dialog().locator("code").textContent();
    await look(owner, "share-made");
    await press(owner, "Done");
    const { page: outside } = await open("outside");
    // Whoever has not said the password yet is refused the page.
    expect(["status of 401"]);
    await outside.goto(address);
    await outside.locator("input[type=password]").fill("reed");
    await outside.keyboard.press("Enter");
    await see(outside, "The reed room");
    expect([]);
    await press(owner, "Share a preview");
    await see(owner, "Opened once");
    await look(owner, "share-given");
    await dialog().getByRole("button", { name: /^Withdraw/ }).click();
    await see(owner, "The link opens nothing any more.");
    await see(owner, "Withdrawn");
    expect(["status of 4"]);
    await outside.goto(address);
    if (await outside.getByText("The reed room").first().isVisible()) throw new Error("a withdrawn link still opens");
    expect([]);
    await owner.keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
    await owner.locator('[id="at/name/en"]').fill(room.title);
    await isSaved(owner);
    await owner.goto(`${program.base}/dashboard/sites/${known().site.id}/rooms`);
    await press(owner, "Share a preview");
    await see(owner, "Whoever has the link sees the website with everything");
    await look(owner, "share-site");
    await owner.keyboard.press("Escape");
  });
}
