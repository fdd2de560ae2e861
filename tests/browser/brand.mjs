// The part of the story in which a group says something once for all of its hotels, some differ, and what others name is not
// deleted unseen.

import { isSaved, stored } from "./content.mjs";
import { sender } from "./languages.mjs";
import { until } from "./program.mjs";

/** Begins anywhere, signed in; the guest is a member who may only read by now. */
export function tellOfBrand({ step, look, see, title, press, api, program, owner, guest, known, expect }) {
  const send = sender(owner);
  const dialog = () => owner.locator("dialog");
  const inDialog = (name) => dialog().getByRole("button", { name, exact: true }).click();
  const field = (name) => owner.getByRole("region", { name, exact: true });
  const place = (rest) => `${program.base}/dashboard/${rest}`;
  let hotel;
  /** What guests read of the hotel. */
  const shown = async () => (await api(`sites/${known().site.slug}/properties/${hotel.slug}/`, known().reader)).json();
  const publish = async () => {
    await press(owner, "Publish");
    await inDialog("Publish for all hotels");
    await see(owner, "The brand is published for all hotels.");
    await dialog().waitFor({ state: "detached" });
  };

  step("what all hotels have in common is said once, beside a colleague, and guests of all of them see it", async () => {
    hotel = (await send("GET", `/api/v1/sites/${known().site.id}/entries/?type=property`)).results[0];
    await owner.goto(place(""));
    await owner.getByRole("link", { name: "Brand", exact: true }).click();
    await title(owner, "Brand");
    await owner.getByRole("link", { name: "Hotels", exact: true }).waitFor();
    await owner.getByRole("link", { name: "Hotels", exact: true }).click();
    await title(owner, "Brand: Hotels");
    await owner.getByLabel("Who says Check-in from").selectOption("locked");
    await field("Check-in from").getByLabel("Check-in from", { exact: true }).fill("16:00");
    await owner.getByLabel("Who says Arriving late").selectOption("inherit");
    await field("Arriving late").getByRole("textbox").fill("Ring the bell by the door.");
    await see(owner, "Not saved yet: kept on this device");
    await look(owner, "brand-form");
    // The tab is closed and opened again: nothing is lost, nothing was sent.
    await owner.reload();
    await see(owner, "had not reached the server");
    if ((await send("GET", "/api/v1/brand/types/property/")).revision !== 0) throw new Error("it was saved by itself");
    const theirs = { whatsapp: { mode: "inherit", value: "+41715550199" } };
    await send("PUT", "/api/v1/brand/types/property/", { revision: 0, fields: theirs });
    expect(["status of 409"]);
    await press(owner, "Save the draft");
    await see(owner, "Somebody else changed 1 field at the same time.");
    await see(owner, "Draft, not published");
    expect([]);
    const { fields } = await send("GET", "/api/v1/brand/types/property/");
    if (fields.check_in_from.mode !== "locked" || fields.late_arrival.value.en !== "Ring the bell by the door." || fields.whatsapp === undefined) throw new Error(JSON.stringify(fields));
    await press(owner, "Publish");
    await dialog().getByText("New from the brand.").first().waitFor();
    await look(owner, "brand-publish");
    await inDialog("Publish for all hotels");
    await see(owner, "The brand is published for all hotels.");
    await until("the brand's value", async () => (await shown()).check_in_from === "16:00");
    await press(owner, "History");
    await dialog().getByText("Guests see it").waitFor();
    await owner.keyboard.press("Escape");
  });

  step("a hotel's form says whose each value is, and has one of its own or the brand's", async () => {
    await owner.goto(place(`sites/${known().site.id}/properties/${hotel.id}`));
    const late = owner.locator(".inherited", { hasText: "Arriving late" });
    await late.getByText("From the brand").waitFor();
    await owner.locator(".inherited", { hasText: "Check-in from" }).getByText("Locked by the brand").waitFor();
    if (!(await late.getByRole("textbox").isDisabled())) throw new Error("the brand's value can be written over");
    await late.getByText("From the brand").scrollIntoViewIfNeeded();
    await look(owner, "property");
    const own = async (text) => {
      await late.getByRole("button", { name: "Set your own" }).click();
      await late.getByRole("textbox").fill(text);
      await isSaved(owner);
    };
    await own("Ring at the boathouse.");
    if ((await stored(owner)).document.late_arrival.en !== "Ring at the boathouse.") throw new Error("the own value is not stored");
    await late.getByRole("button", { name: "Back to the brand’s" }).click();
    await late.getByText("From the brand").waitFor();
    await isSaved(owner);
    if ((await stored(owner)).document.late_arrival !== undefined) throw new Error("the own value is still there");
    await own("Ring at the boathouse.");
  });

  step("who differs stands in one list: some give their own up, and the brand takes one over", async () => {
    await owner.goto(place("brand/types/property"));
    await owner.getByLabel("Who says Check-in from").selectOption("inherit");
    await press(owner, "Save the draft");
    await see(owner, "Guests see an older state");
    await publish();
    await owner.goto(place("brand/drift"));
    const rows = owner.locator("tbody tr");
    await rows.filter({ hasText: "Arriving late" }).waitFor();
    await look(owner, "drift");
    await owner.getByLabel("Field", { exact: true }).selectOption("check_in_from");
    await rows.filter({ hasText: "Arriving late" }).waitFor({ state: "detached" });
    if (!owner.url().includes("field=check_in_from")) throw new Error(`the filter is not in the address: ${owner.url()}`);
    const before = await rows.count();
    await owner.getByLabel(`Choose ${hotel.title}, Check-in from`).check();
    await press(owner, "Give own values up");
    await dialog().getByLabel("Guests see it at once").uncheck();
    await inDialog("Give own values up");
    await see(owner, "Done with 1.");
    await until("the line is gone", async () => (await rows.count()) === before - 1);
    await rows.first().getByRole("button", { name: /^Take for the brand/ }).click();
    await inDialog("Take for the brand");
    await see(owner, "The brand has it as a draft.");
    await owner.locator(".messages").getByRole("button", { name: "To the brand" }).click();
    await see(owner, "Guests see an older state");
    await guest.goto(place("brand/drift"));
    await see(guest, "You can read this.");
    await guest.locator("tbody tr").first().waitFor();
    if ((await guest.getByRole("checkbox").count()) > 0) throw new Error("a viewer can choose what is given up");
  });

  step("what others name says so, before it is deleted", async () => {
    const at = `/api/v1/sites/${known().site.id}/entries/`;
    const shared = await send("POST", at, { type: "shared_section", document: { title: { en: "How to find us" }, sections: [{ id: "s1", type: "rich_text", title: { en: "By boat" } }] } });
    await send("POST", at, { type: "page", document: { title: { en: "The way" }, sections: [{ id: "p1", type: "shared", entry: shared.id }] } });
    await owner.goto(place(`sites/${known().site.id}/shared_sections/${shared.id}`));
    await owner.getByRole("link", { name: "The way" }).waitFor();
    await press(owner, "Delete");
    await dialog().getByText("Used in 1 place:").waitFor();
    await look(owner, "used-delete");
    await owner.keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
  });
}
