// The part of the story in which something was a mistake: a field comes back from an older version, a publication is taken
// back, and what was deleted comes out of the bin.

import { isSaved, stored } from "./content.mjs";

/** Begins in the open form of the room that was written before. */
export function tellOfHistory({ step, look, see, title, press, api, program, owner, known }) {
  const path = () => `sites/${known().site.slug}/rooms/boathouse-sued/`;
  const guests = async () => (await (await api(path(), known().reader)).json()).max_guests;

  step("a version says what has changed since, and gives single fields back", async () => {
    await press(owner, "Publish");
    await owner.locator("dialog").getByRole("button", { name: "Publish" }).click();
    await see(owner, "is published.");
    await owner.getByRole("textbox", { name: /^Beds in words/ }).fill("A sofa in the hall");
    await owner.getByLabel("Guests at most").fill("7");
    await isSaved(owner);
    await owner.locator("summary", { hasText: "History" }).click();
    await owner.getByRole("button", { name: /^What changed since/ }).first().waitFor();
    await look(owner, "room-history");
    await owner.getByRole("button", { name: /^What changed since/ }).first().click();
    await owner.getByRole("button", { name: /^Bring back: Beds in words/ }).waitFor();
    await look(owner, "room-history-changes");
    await owner.getByRole("button", { name: /^Bring back: Beds in words/ }).click();
    await see(owner, "Back as it was on");
    await owner.getByRole("button", { name: /^Bring back: Beds in words/ }).waitFor({ state: "detached" });
    await owner.locator("dialog").getByRole("button", { name: "Close" }).last().click();
    const { document } = await stored(owner);
    if (document.bed_type.en !== "Typed on the train" || document.max_guests !== 7) throw new Error(JSON.stringify(document));
    if ((await owner.getByRole("textbox", { name: /^Beds in words/ }).inputValue()) !== "Typed on the train") throw new Error("the form does not show what came back");
  });

  step("a publication is taken back from the message that tells of it", async () => {
    const before = await guests();
    // The message of the publication before would be taken for that of this one.
    await owner.locator(".message", { hasText: "is published." }).waitFor({ state: "detached" });
    await press(owner, "Publish");
    await owner.locator("dialog").getByRole("button", { name: "Publish" }).click();
    // Whoever points at a message keeps it.
    await owner.locator(".message", { hasText: "is published." }).getByRole("button", { name: "Undo" }).hover();
    if ((await guests()) !== 7) throw new Error("the change is not public");
    await look(owner, "published-undo");
    await owner.locator(".message", { hasText: "is published." }).getByRole("button", { name: "Undo" }).click();
    await see(owner, "Taken back: guests see");
    if ((await guests()) !== before) throw new Error("guests do not see what they saw before");
    if ((await stored(owner)).document.max_guests !== 7) throw new Error("taking back has changed what was written");
  });

  step("things are found by their words, and what was deleted comes out of the bin as it was", async () => {
    await owner.goto(`${program.base}/dashboard/sites/${known().site.id}/rooms`);
    await owner.getByRole("searchbox", { name: "Search Rooms" }).fill("bothouse");
    await owner.locator("td", { hasText: "boathouse-sued" }).waitFor();
    await owner.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
    await look(owner, "rooms-search");
    await owner.getByRole("searchbox", { name: "Search Rooms" }).fill("spaceship");
    await see(owner, "Nothing found for");
    await look(owner, "rooms-search-nothing");
    await owner.getByRole("searchbox", { name: "Search Rooms" }).fill("");
    const row = () => owner.locator("tr", { hasText: "boathouse-sued" });
    const remove = async () => {
      await row().getByRole("button", { name: "Delete" }).click();
      await owner.locator("dialog").getByRole("button", { name: "Delete" }).click();
      await row().waitFor({ state: "detached" });
    };
    await remove();
    if ((await api(path(), known().reader)).status !== 404) throw new Error("what was deleted is still public");
    await owner.locator(".message", { hasText: "is deleted." }).getByRole("button", { name: "Undo" }).click();
    await see(owner, "is back, and guests see it again");
    await row().waitFor();
    if ((await api(path(), known().reader)).status !== 200) throw new Error("what came back is not public");
    await remove();
    await owner.getByRole("link", { name: "Bin" }).click();
    await owner.getByRole("button", { name: "Take out" }).waitFor();
    await look(owner, "bin");
    await press(owner, "Take out");
    await owner.getByRole("button", { name: "As it was" }).waitFor();
    await look(owner, "bin-take-out");
    await press(owner, "As it was");
    await see(owner, "The bin is empty.");
    await look(owner, "bin-empty");
    if ((await api(path(), known().reader)).status !== 200) throw new Error("what came out of the bin is not public");
    await owner.goto(`${program.base}/dashboard/sites/${known().site.id}/rooms`);
    await row().getByRole("link").first().click();
    await title(owner, "Boathouse Süd");
  });
}
