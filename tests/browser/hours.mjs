// The part of the story in which a hotel stands in another time zone than the website, and an hour comes twice there.

import { asOwner } from "./program.mjs";

/** Where clocks are set back by half an hour, on the first Sunday of April at two. */
const FAR = "Australia/Lord_Howe";
const NEXT_YEAR = new Date().getUTCFullYear() + 1;
const SET_BACK = `${NEXT_YEAR}-04-0${((7 - new Date(Date.UTC(NEXT_YEAR, 3, 1)).getUTCDay()) % 7) + 1}`;

/** What the clocks of a zone show now, moved by hours, as a form writes it. */
function clock(zone, hours) {
  return new Date(Date.now() + hours * 3_600_000).toLocaleString("sv", { timeZone: zone }).slice(0, 16).replace(" ", "T");
}

export function tellOfHours({ step, look, see, title, press, fill, program, owner, known }) {
  const site = () => `/api/v1/sites/${known().site.id}`;
  const ask = (method, path, body) => asOwner(owner, method, path, body);
  const dialog = () => owner.locator("dialog");
  const inDialog = (name) => dialog().getByRole("button", { name, exact: true }).click();

  step("what belongs to a hotel far away is planned and shown on that hotel's clocks", async () => {
    const hotel = await ask("POST", `${site()}/entries/`, { type: "property", document: { name: { en: "Blinky Beach House" }, time_zone: FAR } });
    // Shown now by the hotel's clocks, and not yet by the website's: those are eight hours behind, or more.
    const visible = { from: clock(FAR, -1), until: clock(FAR, 2) };
    const offer = await ask("POST", `${site()}/entries/`, { type: "offer", document: { title: { en: "Reef week" }, property: hotel.id, visible } });
    await owner.goto(`${program.base}/dashboard/sites/${known().site.id}/offers/${offer.id}`);
    await title(owner, "Reef week");
    await see(owner, "On the clocks of Australia/Lord Howe.");
    await owner.locator(".shown").getByText("Shown now", { exact: true }).waitFor();
    await press(owner, "Schedule");
    await dialog().getByText("On the clocks of Australia/Lord Howe.").waitFor();
    await dialog().getByLabel("What happens", { exact: true }).selectOption({ label: "Ends" });
    await fill(owner, "Day", SET_BACK);
    await fill(owner, "Time", "01:45");
    await inDialog("Schedule");
    // The hour comes twice: the answer says so, and which one is meant can be chosen.
    await dialog().getByText("The first one is meant.").waitFor();
    await look(owner, "schedule-twice");
    const fires = async () => (await ask("GET", `${site()}/schedules/?entry=${offer.id}`)).results[0];
    const earlier = await fires();
    await inDialog("Take the second");
    await dialog().getByText("The second one is meant.").waitFor();
    const later = await fires();
    if (earlier.utc_offset === later.utc_offset || Date.parse(later.fires_at) - Date.parse(earlier.fires_at) !== 1_800_000) throw new Error(JSON.stringify([earlier, later]));
    await owner.keyboard.press("Escape");
    await ask("DELETE", `${site()}/schedules/${later.id}/`);

    const release = await ask("POST", "/api/v1/releases/", { name: "An hour twice" });
    await ask("PUT", `/api/v1/releases/${release.id}/items/${offer.id}/`, { site_id: known().site.id, action: "publish", revision: offer.revision });
    // The last Sunday of October in Zurich, where the website's clocks are.
    const october = new Date(Date.UTC(NEXT_YEAR, 9, 31));
    october.setUTCDate(31 - october.getUTCDay());
    await ask("PUT", `/api/v1/releases/${release.id}/schedule/`, { site_id: known().site.id, local_time: `${october.toISOString().slice(0, 10)}T02:30` });
    await owner.goto(`${program.base}/dashboard/releases/${release.id}`);
    await see(owner, "The first one is meant.");
    await look(owner, "release-twice");
    await press(owner, "Take the second");
    await see(owner, "The second one is meant.");
    await ask("DELETE", `/api/v1/releases/${release.id}/schedule/`);
    await ask("DELETE", `/api/v1/releases/${release.id}/`);
    for (const { id } of [offer, hotel]) await ask("DELETE", `${site()}/entries/${id}/`);
  });
}
