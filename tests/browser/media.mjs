// The library: uploads of all kinds, what a picture says of itself, where it is used, and pictures in forms.

import { drop, photographs } from "./photographs.mjs";

/** `known` gives the site that earlier steps found; `expect` what the console may say. */
export function tellOfMedia({ step, look, see, title, press, program, owner, guest, known, expect }) {
  const tile = (name) => owner.locator(".media-tile", { hasText: name });
  const panel = owner.locator(".media-panel");

  step("files are dropped into the library; what is refused is told, and what is known too", async () => {
    await owner.goto(`${program.base}/dashboard/media`);
    await title(owner, "Media");
    await see(owner, "Nothing here yet.");
    await look(owner, "media-empty");
    const [lake, boat] = await photographs(owner, ["lake.jpg", "boat.jpg"]);
    expect(["status of 4"]);
    await drop(owner, "main", [
      lake,
      boat,
      { name: "IMG_0042.HEIC", mimeType: "", buffer: Buffer.from("heic") },
      { name: "logo.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg/>") },
      { name: "really-a-text.png", mimeType: "image/png", buffer: Buffer.from("no picture at all") },
    ]);
    await tile("lake.jpg").waitFor();
    await tile("boat.jpg").waitFor();
    await see(owner, "This is an iPhone's own format");
    await see(owner, "3 files did not get there");
    await look(owner, "media-uploads");
    await owner.locator(".tray").getByRole("button", { name: "Clear the list" }).click();
    await owner.locator("input[type=file]").first().setInputFiles([{ ...lake, name: "the same lake.jpg" }]);
    await see(owner, "Already in the library");
    await owner.locator(".tray").getByRole("button", { name: "Clear the list" }).click();
    expect([]);
    await look(owner, "media");
  });

  step("an upload can be stopped, and tried again", async () => {
    const [slow] = await photographs(owner, ["slow.jpg"]);
    let go;
    const held = new Promise((resolve) => (go = resolve));
    await owner.route("**/api/v1/media/?name=slow*", async (route) => {
      await held;
      await route.continue().catch(() => undefined);
    });
    await owner.locator("input[type=file]").first().setInputFiles([slow]);
    await owner.getByRole("button", { name: "Stop the upload of slow.jpg" }).click();
    await see(owner, "Stopped");
    go();
    await owner.unrouteAll({ behavior: "wait" });
    await owner.getByRole("button", { name: "Try again: slow.jpg" }).click();
    await tile("slow.jpg").waitFor();
    await owner.locator(".tray").getByRole("button", { name: "Clear the list" }).click();
  });

  step("a picture is described in both languages, and its focal point moves by click and by key", async () => {
    await tile("lake.jpg").getByRole("button").click();
    await panel.getByRole("textbox", { name: "In English" }).first().fill("The lake at six in the evening");
    await panel.getByRole("textbox", { name: "In German" }).first().fill("Der See um sechs Uhr abends");
    const surface = panel.locator(".focal-surface");
    await surface.click({ position: { x: 40, y: 30 } });
    await surface.press("Shift+ArrowRight");
    await panel.locator(".save-state").getByText("Saved", { exact: true }).waitFor();
    const id = new URL(owner.url()).searchParams.get("item");
    const item = await owner.evaluate(async (id) => (await fetch(`/api/v1/media/${id}/`)).json(), id);
    if (item.alt.de !== "Der See um sechs Uhr abends" || item.focal === null || item.focal.x < 0.15 || item.focal.y > 0.3) throw new Error(JSON.stringify(item));
    await look(owner, "media-item");
    // Another tab was quicker: both changes stay.
    await owner.evaluate(
      async ({ id, version }) => {
        const { csrf_token: token } = await (await fetch("/api/v1/auth/me/")).json();
        await fetch(`/api/v1/media/${id}/`, { method: "PATCH", headers: { "Content-Type": "application/json", "X-CSRF-Token": token }, body: JSON.stringify({ version, credit: "Mina Alder" }) });
      },
      { id, version: item.version },
    );
    expect(["status of 409"]);
    await panel.getByRole("textbox", { name: "In English" }).first().fill("The lake at seven");
    await panel.getByRole("textbox", { name: "Credit" }).and(owner.locator("[value='Mina Alder']")).waitFor();
    await panel.locator(".save-state").getByText("Saved", { exact: true }).waitFor();
    expect([]);
    await owner.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
  });

  step("the library is searched and filtered, and several things are deleted at once", async () => {
    await owner.getByRole("searchbox", { name: "Search by name or text" }).fill("seven");
    await tile("boat.jpg").waitFor({ state: "detached" });
    await tile("lake.jpg").waitFor();
    await owner.getByRole("searchbox", { name: "Search by name or text" }).fill("");
    await press(owner, "Without description");
    await tile("lake.jpg").waitFor({ state: "detached" });
    await tile("boat.jpg").getByRole("checkbox").check();
    await tile("slow.jpg").getByRole("checkbox").check();
    await see(owner, "2 are marked");
    await look(owner, "media-marked");
    await owner.locator(".media-marked").getByRole("button", { name: "Delete" }).click();
    await see(owner, "No page uses it.");
    await owner.locator("dialog").getByRole("button", { name: "Delete" }).click();
    await see(owner, "Nothing fits these filters.");
    await look(owner, "media-nothing");
  });

  step("a room takes its pictures from the library, from a drop and from the clipboard", async () => {
    await owner.goto(`${program.base}/dashboard/sites/${known().site.id}/rooms`);
    await owner.locator("tbody tr").last().getByRole("link").first().click();
    await owner.locator(".rich-surface").first().waitFor();
    const main = owner.getByRole("group", { name: "Main picture" });
    await main.getByRole("button", { name: /Choose a picture|Replace/ }).click();
    const library = owner.locator("dialog").getByRole("button", { name: "From the library" });
    if (await library.isVisible()) await library.click();
    await owner.locator("dialog .media-tile").first().waitFor();
    await look(owner, "picture-choose");
    await owner.locator("dialog .media-open").first().click();
    await main.locator(".thumb img").waitFor();
    await see(owner, "it is the library's: “The lake at seven”");
    const [bath] = await photographs(owner, ["bath.jpg"]);
    await drop(owner, `#${CSS(await main.locator(".picture").getAttribute("id"))}`, [bath]);
    await main.getByText("Nobody has described it yet.").waitFor();
    await owner.locator(".save-state").getByText("Saved", { exact: true }).waitFor();
    await look(owner, "picture-in-form");
    await owner.goto(`${program.base}/dashboard/media`);
    await tile("bath.jpg").getByRole("button").click();
    await panel.getByRole("heading", { name: "Where it is used" }).waitFor();
    await panel.getByRole("link").first().waitFor();
    await panel.getByRole("button", { name: "Delete" }).click();
    await see(owner, "It is used in 1 place, which then shows no picture.");
    await look(owner, "media-delete-used");
    await owner.locator("dialog").getByText("Cancel", { exact: true }).click();
    await owner.keyboard.press("Escape");
  });

  return () =>
    step("somebody who may only read sees the library and changes nothing", async () => {
      await guest.goto(`${program.base}/dashboard/media`);
      await guest.locator(".media-tile").first().getByRole("button").click();
      await guest.locator(".media-panel").getByText("You can read this; your role cannot change it.").waitFor();
      if (await guest.getByRole("button", { name: "Upload" }).isVisible()) throw new Error("a viewer is offered to upload");
      if (await guest.locator(".media-panel").getByRole("button", { name: "Delete" }).isVisible()) throw new Error("a viewer is offered to delete");
      await look(guest, "viewer-media");
    });
}

/** An id as a selector has it. */
function CSS(id) {
  return id.replaceAll(/[^a-zA-Z0-9_-]/g, (letter) => `\\${letter}`);
}
