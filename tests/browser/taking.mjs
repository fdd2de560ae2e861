// The part of the story in which an owner takes the content along, and changes rooms in a file.

import { readFileSync } from "node:fs";

/** `known` gives the site; the guest is a member who may only read by now. */
export function tellOfTaking({ step, look, see, title, press, program, owner, guest, known, expect }) {
  const rooms = () => `${program.base}/dashboard/sites/${known().site.id}/rooms`;
  const saved = async (page, name) => {
    const [download] = await Promise.all([page.waitForEvent("download"), press(page, name)]);
    return readFileSync(await download.path());
  };
  const bring = (file) => owner.locator("dialog input[type=file]").setInputFiles({ name: "rooms.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(file)) });

  step("rooms are taken away as a file, changed in it, and taken over after a look", async () => {
    await owner.goto(rooms());
    await press(owner, "As a file");
    await look(owner, "rooms-file");
    const table = (await saved(owner, "Table (CSV)")).toString();
    if (!table.includes("id,slug,name.en")) throw new Error(table);
    const file = JSON.parse((await saved(owner, "JSON")).toString());
    const loft = file.entries.find((entry) => entry.slug === "heron-loft");
    await bring(file);
    await see(owner, "The file says what is here already. There is nothing to take over.");
    await look(owner, "rooms-file-nothing");
    await press(owner, "Back");
    loft.fields.max_guests = 4;
    file.entries.push({ slug: "boat-room", fields: { name: { en: "Boat room", de: "Bootszimmer" }, max_guests: 2 } });
    await bring(file);
    await see(owner, "Nothing has changed yet. What you take over is saved as drafts.");
    await owner.getByRole("cell", { name: /Boat room/ }).waitFor();
    await look(owner, "rooms-file-preview");
    await press(owner, "Back");
    expect(["status of 422"]);
    await bring([{ id: loft.id, fields: { max_guests: "many" } }]);
    await see(owner, "/0/fields/max_guests");
    await look(owner, "rooms-file-refused");
    expect([]);
    await press(owner, "Back");
    await bring(file);
    await press(owner, "Take over 2 changes");
    await see(owner, "2 changes are saved as drafts.");
    await owner.getByRole("link", { name: "Boat room" }).waitFor();
  });

  step("an owner takes everything along as one file, which is written in the background", async () => {
    await owner.goto(`${program.base}/dashboard/organization`);
    await see(owner, "No file has been written in the last day.");
    await look(owner, "export-none");
    await press(owner, "Write the file");
    await owner.getByRole("button", { name: "Download" }).waitFor();
    await owner.getByText("What is not in it").click();
    await see(owner, "API keys");
    await look(owner, "export-ready");
    const archive = await saved(owner, "Download");
    if (archive[0] !== 0x1f || archive[1] !== 0x8b) throw new Error("this is no archive");
    await press(owner, "Delete the file: Everything");
    await look(owner, "export-delete");
    await owner.locator("dialog").getByRole("button", { name: "Delete" }).click();
    await see(owner, "No file has been written in the last day.");
  });

  step("whoever may only read takes rooms away, brings nothing back, and hears who may take everything", async () => {
    await guest.goto(rooms());
    await press(guest, "As a file");
    await see(guest, "You can read this; your role cannot change it.");
    if (!(await saved(guest, "Table (CSV)")).toString().includes("Boat room")) throw new Error("the new room is not in the table");
    await look(guest, "viewer-rooms-file");
    await guest.goto(`${program.base}/dashboard/organization`);
    await see(guest, "Only owners of the team can do this.");
    await look(guest, "viewer-export");
    await guest.goto(`${program.base}/dashboard`);
    await title(guest, "Sites");
  });
}
