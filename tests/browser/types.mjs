// The part of the story in which the group declares a type of its own, changes it while something stands in it, and sees what
// that does before it is done.

/** Everything begins and ends in the list of what the group declares. */
export function tellOfTypes({ step, look, see, title, press, fill, api, program, owner, known }) {
  const list = async () => (await (await api(`sites/${known().site.slug}/boats/`, known().reader)).json()).results;
  const write = (path, body) =>
    owner.evaluate(
      async ([path, body]) => {
        const me = await (await fetch("/api/v1/auth/me/")).json();
        const headers = { "Content-Type": "application/json", "X-CSRF-Token": me.csrf_token, "X-Organization-ID": me.memberships[0].organization.id };
        const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
        if (!answer.ok) throw new Error(await answer.text());
      },
      [path, body],
    );

  step("a type that the program does not know is declared in the dashboard", async () => {
    await owner.goto(`${program.base}/dashboard/types`);
    await title(owner, "Types");
    await see(owner, "Nothing of your own yet");
    await look(owner, "types-empty");
    await owner.getByRole("button", { name: "Declare something" }).first().click();
    await fill(owner, "Its name in English", "Boat");
    await look(owner, "types-new");
    await press(owner, "Continue");
    await fill(owner, "One of it (English)", "Boat");
    await fill(owner, "One of it (German)", "Boot");
    await fill(owner, "Several of it (English)", "Boats");
    await fill(owner, "Several of it (German)", "Boote");
    await press(owner, "Add a field");
    await fill(owner, "Label (English)", "Seats");
    await fill(owner, "Label (German)", "Plätze");
    await look(owner, "types-editor");
    await press(owner, "See what it changes");
    await see(owner, "There is no entry yet that this concerns.");
    await press(owner, "Change it so");
    await see(owner, "Boat is saved.");
    await owner.getByRole("cell", { name: /Boat/ }).first().waitFor();
    await look(owner, "types");
  });

  step("it has a list at once, and guests' programs read it", async () => {
    const document = { title: { en: "Heron" }, seats: "8" };
    await write(`/api/v1/sites/${known().site.id}/entries/`, { type: "boat", document, publish: true });
    await owner.goto(`${program.base}/dashboard/sites/${known().site.id}/boats`);
    await owner.getByRole("link", { name: "Heron" }).first().waitFor();
    const [boat] = await list();
    if (boat?.seats !== "8") throw new Error(JSON.stringify(boat));
  });

  step("a change says what becomes of each entry, and does that", async () => {
    await owner.goto(`${program.base}/dashboard/types`);
    await press(owner, "Change");
    await owner.getByRole("button", { name: /^Seats/ }).first().click();
    await owner.getByLabel("Holds", { exact: true }).selectOption("integer");
    await press(owner, "See what it changes");
    await see(owner, "“8” becomes “8”");
    await see(owner, "Shown to guests differently: 1");
    await look(owner, "types-check");
    await press(owner, "Change it so");
    await see(owner, "Boat is saved.");
    await owner.waitForFunction(async (path) => (await fetch(path)).ok, "/api/v1/types/custom/");
    const until = Date.now() + 10_000;
    while ((await list())[0].seats !== 8) if (Date.now() > until) throw new Error("guests read the old value");
  });
}
