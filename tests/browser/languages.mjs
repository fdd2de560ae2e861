// The part of the story in which a site is translated, by hand and by file, and in which a guest's message is answered and
// forgotten again.

import { readFileSync } from "node:fs";

import { isSaved } from "./content.mjs";
import { until } from "./program.mjs";

/** The team's own requests, as a page that is signed in would send them. */
export const sender = (page) => (method, path, body) =>
  page.evaluate(
    async ([method, path, body]) => {
      const me = await (await fetch("/api/v1/auth/me/")).json();
      const headers = { "Content-Type": "application/json", "X-CSRF-Token": me.csrf_token, "X-Organization-ID": me.memberships[0].organization.id };
      const answer = await fetch(path, { method, headers, ...(body === null ? {} : { body: JSON.stringify(body) }) });
      if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
      return answer.json();
    },
    [method, path, body ?? null],
  );

/** `known` gives the site; the guest is a member who may only read by now. */
export function tellOfLanguages({ step, look, see, title, press, fill, program, owner, guest, known, expect }) {
  const send = sender(owner);
  const at = (rest) => `/api/v1/sites/${known().site.id}/${rest}`;
  const place = (rest) => `${program.base}/dashboard/sites/${known().site.id}/${rest}`;
  const stored = () => send("GET", at(`entries/${room.id}/`));
  const germans = async () => (await stored()).document;
  const change = async (edit) => {
    const { revision, document } = await stored();
    edit(document);
    return send("PUT", at(`entries/${room.id}/`), { revision, document });
  };
  let room;
  let form;

  step("how far each language is stands in one table, and every number leads on", async () => {
    await owner.goto(place("rooms"));
    const document = {
      name: { en: "Heron loft", de: "Reiherloft" },
      max_guests: 2,
      bed_type: { en: "Two beds under the roof", de: "Zwei Betten unter dem Dach" },
      short_description: { en: "Breakfast comes up the stairs at eight, with bread from the village." },
    };
    room = await send("POST", at("entries/"), { type: "room", document, publish: true });
    await change((now) => (now.bed_type.en = "Three beds right under the roof"));
    await owner.goto(place("rooms"));
    await owner.getByRole("link", { name: "Translations", exact: true }).click();
    await owner.getByRole("link", { name: /^Rooms, German: \d+ stale$/ }).waitFor();
    await look(owner, "translations");
    await owner.getByRole("link", { name: /^Rooms, German: \d+ stale$/ }).click();
    await owner.getByRole("link", { name: "Heron loft" }).waitFor();
    await look(owner, "translations-stale");
    await owner.getByLabel("Show", { exact: true }).selectOption("any");
    if (!owner.url().includes("state=any")) throw new Error(`the filter is not in the address: ${owner.url()}`);
    await owner.getByRole("link", { name: "Heron loft" }).click();
    await title(owner, "Heron loft");
  });

  step("a text is translated beside its source, which shows the words that changed", async () => {
    const beds = owner.getByRole("region", { name: "Beds in words" });
    await beds.getByText("Changed since the translation").waitFor();
    const [gone, come] = [await beds.locator("del").allTextContents(), await beds.locator("ins").allTextContents()];
    if (gone.join("|").trim() !== "Two" || come.map((text) => text.trim()).join("|") !== "Three|right") throw new Error(JSON.stringify([gone, come]));
    await look(owner, "translation");
    await beds.getByRole("button", { name: "Beds in words: still right" }).click();
    await beds.getByText("Translated", { exact: true }).waitFor();
    if ((await germans()).bed_type.de !== "Zwei Betten unter dem Dach") throw new Error("confirming changed the text");
    await owner.getByLabel("Only what is to be done").check();
    const short = owner.getByRole("region", { name: "In one sentence" });
    await short.getByRole("textbox").fill("Das Frühstück kommt um acht die Treppe hoch.");
    await owner.keyboard.press("Control+s");
    await isSaved(owner);
    await short.getByText("Translated", { exact: true }).waitFor();
    if ((await germans()).short_description.de !== "Das Frühstück kommt um acht die Treppe hoch.") throw new Error("the translation is not stored");
    await look(owner, "translation-open");
  });

  step("what an editor and a translator write at once is joined, and the same text is chosen", async () => {
    await change((now) => {
      now.name.de = "Das Reiherloft";
      now.max_guests = 3;
    });
    await owner.getByLabel("Only what is to be done").uncheck();
    const box = (name) => owner.getByRole("region", { name }).getByRole("textbox");
    await box("In one sentence").fill("Frühstück um acht.");
    await isSaved(owner);
    if ((await box("Name").inputValue()) !== "Das Reiherloft") throw new Error("the other's text is not shown");
    await change((now) => (now.bed_type.de = "Deren Betten"));
    expect(["status of 409"]);
    await box("Beds in words").fill("Meine Betten");
    await owner.getByRole("heading", { name: "Two versions" }).waitFor();
    await look(owner, "translation-conflict");
    await owner.locator("dialog").getByRole("radio").nth(1).check();
    await press(owner, "Save this choice");
    await isSaved(owner);
    const { bed_type, short_description, max_guests } = await germans();
    if (bed_type.de !== "Deren Betten" || short_description.de !== "Frühstück um acht." || max_guests !== 3) throw new Error(JSON.stringify([bed_type, short_description, max_guests]));
    expect(["status of 422"]);
    await box("Beds in words").fill("x".repeat(500));
    await see(owner, "Could not save: 1 field needs a look");
    await look(owner, "translation-refused");
    await box("Beds in words").fill("Drei Betten");
    await isSaved(owner);
    expect([]);
  });

  step("a language is offered in its own way, and translated before guests see it", async () => {
    await owner.goto(place("settings"));
    await owner.getByLabel("Languages", { exact: true }).selectOption("ar");
    const arabic = owner.locator(".language", { hasText: "Arabic" }).last();
    await arabic.locator("summary").click();
    await arabic.getByLabel(/Beginning of its addresses/).fill("DASHBOARD HERE");
    await arabic.getByLabel(/Offered to guests/).uncheck();
    await arabic.getByLabel("Where a text is missing").selectOption("own");
    await arabic.getByLabel("Add a language").selectOption("de");
    await arabic.getByRole("button", { name: "German earlier" }).click();
    expect(["status of 4"]);
    await press(owner, "Save");
    await owner.locator("[role=alert]").first().waitFor();
    await arabic.getByLabel(/Beginning of its addresses/).fill("arabi");
    await look(owner, "languages");
    await press(owner, "Save");
    await see(owner, "is saved.");
    expect([]);
    const { languages } = await send("GET", at(""));
    const { prefix, offered, fallback } = languages.ar;
    if (prefix !== "arabi" || offered !== false || fallback.join() !== "de,en") throw new Error(JSON.stringify(languages));
    await owner.goto(place(`translations/${room.id}?target=ar`));
    await owner.getByRole("region", { name: "Name" }).getByRole("textbox").fill("غرفة مالك الحزين");
    await isSaved(owner);
    if ((await germans()).name.ar !== "غرفة مالك الحزين") throw new Error("the Arabic text is not stored");
    await look(owner, "translation-arabic");
  });

  step("a translator's file goes out, comes back, and says what it does before it does it", async () => {
    await owner.goto(place("translations"));
    await owner.getByLabel("Format").selectOption("csv");
    await owner.getByLabel("Texts", { exact: true }).selectOption("");
    const files = owner.locator(".files");
    await files.getByLabel("Kind of content").selectOption("room");
    const [download] = await Promise.all([owner.waitForEvent("download"), press(owner, "Save the file")]);
    const table = readFileSync(await download.path(), "utf8");
    if (!table.includes("Drei Betten")) throw new Error(table.slice(0, 400));
    const upload = (name, text) => owner.getByLabel("Translated file").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
    await upload("german.csv", table.replaceAll("Das Reiherloft", "Loft der Reiher").replaceAll("Drei Betten", "y".repeat(500)));
    await owner.locator("dialog").getByText("Too long", { exact: true }).waitFor();
    if (await owner.locator("dialog").getByRole("button", { name: /^Write/ }).isEnabled()) throw new Error("a file with a fault can be written whole");
    await look(owner, "translations-report");
    if ((await germans()).name.de !== "Das Reiherloft") throw new Error("looking at a file wrote it");
    await owner.getByLabel("Take what is right").check();
    await press(owner, "Write 1 text as a draft");
    await see(owner, "1 text is written as a draft.");
    const { name, bed_type } = await germans();
    if (name.de !== "Loft der Reiher" || bed_type.de !== "Drei Betten") throw new Error(JSON.stringify([name, bed_type]));
    // Translators' programs write XLIFF.
    await owner.getByLabel("Format").selectOption("xliff-2.1");
    const [exchange] = await Promise.all([owner.waitForEvent("download"), press(owner, "Save the file")]);
    const xliff = readFileSync(await exchange.path(), "utf8");
    if (!xliff.includes("<xliff") || !xliff.includes("Drei Betten")) throw new Error(xliff.slice(0, 400));
    const translated = Buffer.from(xliff.replaceAll("Drei Betten", "Drei breite Betten"));
    await owner.getByLabel("Translated file").setInputFiles({ name: "german.xlf", mimeType: "application/xliff+xml", buffer: translated });
    await press(owner, "Write 1 text as a draft");
    await until("the text of the file", async () => (await germans()).bed_type.de === "Drei breite Betten");
  });

  step("what a guest sends by a form is read, answered for and noted", async () => {
    await owner.goto(place("submissions"));
    await see(owner, "No message yet");
    await look(owner, "inbox-empty");
    const document = {
      name: "Weddings",
      fields: [
        { id: "a1", key: "name", label: { en: "Your names", de: "Ihre Namen" }, type: "text", required: true },
        { id: "a2", key: "email", label: { en: "E-mail address", de: "E-Mail-Adresse" }, type: "email", required: true },
        { id: "a3", key: "day", label: { en: "The day", de: "Der Tag" }, type: "date" },
        { id: "a4", key: "words", label: { en: "What you have in mind", de: "Was Sie sich vorstellen" }, type: "textarea" },
      ],
      consents: [{ id: "c1", text: { en: "You may keep what I write until the wedding.", de: "Sie dürfen es bis zur Hochzeit aufbewahren." }, version: "2026-1", required: true }],
      recipients: ["desk@seehaus.example"],
    };
    form = await send("POST", at("entries/"), { type: "form", document, publish: true });
    const page = { title: { en: "Weddings", de: "Hochzeiten" }, sections: [{ id: "f1", type: "form", form: form.id }] };
    await send("POST", at("entries/"), { type: "page", document: page, publish: true });
    const { domain } = await send("GET", at(""));
    const live = `http://${domain}:${new URL(program.base).port}/weddings`;
    // Its page is drawn a moment after it was published.
    expect(["status of 404"]);
    await until("the form's page", async () => {
      await owner.goto(live);
      return (await owner.locator("[name=_stamp]").count()) > 0;
    });
    expect([]);
    for (const [names, email] of [["Ada and Noor", "ada@guest.example"], ["Ben Keller", "ben@guest.example"]]) {
      await owner.goto(live);
      await owner.getByLabel(/Your names/).fill(names);
      await owner.getByLabel(/E-mail address/).fill(email);
      await owner.getByLabel(/The day/).fill("2027-05-01");
      await owner.getByLabel(/What you have in mind/).fill("Forty guests, a long table by the water.\nAnd the boat.");
      await owner.getByLabel(/You may keep/).check();
      // A form that is sent sooner than a person can type is taken for a program's.
      await owner.waitForTimeout(3200);
      await owner.locator("form:has([name=_stamp]) [type=submit]").click();
      await owner.waitForURL("**sent**");
    }
    await owner.goto(place("rooms"));
    await owner.getByRole("link", { name: /^Messages/ }).getByText("2 new messages").waitFor();
    await owner.getByRole("link", { name: /^Messages/ }).click();
    await owner.getByRole("link", { name: "Ada and Noor" }).waitFor();
    await look(owner, "inbox");
    await owner.getByRole("link", { name: "Ada and Noor" }).click();
    await title(owner, "Ada and Noor");
    await see(owner, "You may keep what I write until the wedding.");
    await owner.getByLabel("Status", { exact: true }).selectOption("open");
    await owner.locator(".page-head").getByText("In progress").waitFor();
    await owner.getByLabel("Takes care of it").selectOption({ index: 1 });
    await owner.getByLabel("Note of the team").fill("Rang on Monday. They come to look in March.");
    await owner.getByText("Saved", { exact: true }).waitFor();
    await look(owner, "message");
    await owner.reload();
    await title(owner, "Ada and Noor");
    if ((await owner.getByLabel("Note of the team").inputValue()) !== "Rang on Monday. They come to look in March.") throw new Error("the note is lost");
  });

  step("messages are filtered, taken away as a table, deleted, and a guest is forgotten", async () => {
    await owner.getByRole("link", { name: /· Messages$/ }).click();
    await owner.getByLabel("Status", { exact: true }).selectOption("open");
    await owner.getByRole("link", { name: "Ben Keller" }).waitFor({ state: "detached" });
    if (!owner.url().includes("status=open")) throw new Error(`the filter is not in the address: ${owner.url()}`);
    const [download] = await Promise.all([owner.waitForEvent("download"), press(owner, "Save as a table")]);
    const table = readFileSync(await download.path(), "utf8");
    if (!table.includes("ada@guest.example") || table.includes("ben@guest.example")) throw new Error(table);
    await owner.getByLabel("Status", { exact: true }).selectOption("won");
    await see(owner, "No message is like that.");
    await look(owner, "inbox-nothing");
    await press(owner, "Show all messages");
    await owner.getByRole("link", { name: "Ben Keller" }).click();
    await press(owner, "Delete");
    await see(owner, "gone for good");
    await look(owner, "message-delete");
    await owner.locator("dialog").getByRole("button", { name: "Delete" }).click();
    await see(owner, "The message of Ben Keller is deleted.");
    await owner.getByRole("link", { name: "Ada and Noor" }).waitFor();
    await owner.getByRole("link", { name: "Ben Keller" }).waitFor({ state: "detached" });
    await press(owner, "Forget a guest");
    await fill(owner, "E-mail address", "ADA@guest.example");
    await look(owner, "inbox-erase");
    await press(owner, "Delete for good");
    await see(owner, "1 message is erased.");
    await press(owner, "Done");
    await see(owner, "No message yet");
  });

  step("whoever may only read reads translations, and no messages", async () => {
    await guest.goto(place(`translations/${room.id}?target=de`));
    await title(guest, "Heron loft");
    if (!(await guest.getByRole("region", { name: "Name" }).getByRole("textbox").isDisabled())) throw new Error("a viewer can translate");
    await look(guest, "viewer-translation");
    await guest.goto(place("translations"));
    await guest.getByRole("link", { name: "Translations", exact: true }).waitFor();
    if (await guest.getByRole("link", { name: /^Messages/ }).isVisible()) throw new Error("a viewer is led to guests' messages");
    if (await guest.getByRole("button", { name: "Choose a file" }).isVisible()) throw new Error("a viewer is offered to bring a file");
    await guest.goto(place("submissions"));
    await see(guest, "Your role does not allow this.");
    await look(guest, "viewer-inbox");
    await guest.goto(`${program.base}/dashboard`);
  });
}
