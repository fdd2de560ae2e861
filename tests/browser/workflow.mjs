// The part of the story in which a team works together: somebody else looks at a change, something is planned, two things go
// live together and come back, and what is over goes to the archive.

import { isSaved, stored } from "./content.mjs";

const COLLEAGUE = { name: "Ida Brandt", email: "ida@seehaus.example", password: "nine ferries before the fog" };

/** Far enough for nothing to happen while the story is told. */
const NEXT_YEAR = new Date().getUTCFullYear() + 1;

/** Begins anywhere, signed in. `open` gives a browser of somebody's own. */
export function tellOfWorkflow({ step, look, see, title, press, fill, api, program, owner, open, known, expect }) {
  const list = () => `${program.base}/dashboard/sites/${known().site.id}/rooms`;
  const dialog = (page) => page.locator("dialog");
  const inDialog = (page, name) => dialog(page).getByRole("button", { name, exact: true }).click();
  const close = async (page) => {
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "detached" });
  };
  /** What guests read of the rooms of this part, by their slugs. */
  const guests = async (slug) => {
    const answer = await api(`sites/${known().site.slug}/rooms/${slug}/`, known().reader);
    return answer.status === 200 ? (await answer.json()).max_guests : null;
  };
  const rooms = [];
  let colleague;

  /** Opens a room, and changes how many guests it has. */
  const change = async ({ id }, most) => {
    await owner.goto(`${list()}/${id}`);
    await owner.getByLabel("Guests at most").fill(String(most));
    await isSaved(owner);
  };

  step("a colleague is asked to look at a change, and approves exactly that", async () => {
    const found = await owner.evaluate(async (path) => (await fetch(path)).json(), `/api/v1/sites/${known().site.id}/entries/?type=room&state=live`);
    rooms.push(...found.results.slice(0, 2).map(({ id, slug, title, document }) => ({ id, slug, title, before: document.max_guests })));
    const invited = await owner.evaluate(async (email) => {
      const me = await (await fetch("/api/v1/auth/me/")).json();
      const headers = { "Content-Type": "application/json", "X-CSRF-Token": me.csrf_token };
      return (await fetch("/api/v1/invitations/", { method: "POST", headers, body: JSON.stringify({ email, role: "editor" }) })).json();
    }, COLLEAGUE.email);
    const joined = await fetch(`${program.base}/api/v1/invitations/accept/`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token: new URL(invited.link).hash.split("token=")[1], name: COLLEAGUE.name, password: COLLEAGUE.password }),
    });
    if (!joined.ok) throw new Error(await joined.text());
    await change(rooms[0], 3);
    await press(owner, "Review");
    await dialog(owner).getByLabel("Who", { exact: true }).selectOption({ label: COLLEAGUE.name });
    await fill(owner, "What to look at", "Three sleep there since the sofa came. Is that still so?");
    await look(owner, "review-ask");
    await press(owner, "Ask for a review");
    await see(owner, "The review is asked for.");
    await owner.getByRole("button", { name: "In review", exact: true }).waitFor();
    ({ page: colleague } = await open("colleague"));
    // Who is not signed in yet is asked who they are.
    expect(["status of 401"]);
    await colleague.goto(`${program.base}/dashboard/sign-in`);
    await fill(colleague, "E-mail address", COLLEAGUE.email);
    await fill(colleague, "Password", COLLEAGUE.password);
    await press(colleague, "Sign in");
    await title(colleague, "Sites");
    expect([]);
    await colleague.getByRole("link", { name: "Reviews", exact: true }).click();
    await title(colleague, "Reviews");
    await see(colleague, "Three sleep there since the sofa came.");
    await look(colleague, "reviews");
    await colleague.getByRole("link", { name: rooms[0].title }).click();
    await press(colleague, "In review");
    await dialog(colleague).getByRole("button", { name: "Approve", exact: true }).waitFor();
    await fill(colleague, "What to say with it", "I counted the beds. Good.");
    await look(colleague, "review-answer");
    await inDialog(colleague, "Approve");
    await see(colleague, "is approved.");
    await owner.reload();
    await press(owner, "Approved");
    await see(owner, `${COLLEAGUE.name} approved this version.`);
    await look(owner, "review-approved");
    await close(owner);
  });

  step("a version is planned on the hotel's clocks, and the plan is cancelled", async () => {
    await press(owner, "Schedule");
    await see(owner, "Nothing is scheduled.");
    await fill(owner, "Day", `${NEXT_YEAR}-06-01`);
    await look(owner, "schedule");
    await inDialog(owner, "Schedule");
    await see(owner, "It is scheduled for");
    await dialog(owner).getByRole("button", { name: "Cancel it" }).waitFor();
    await look(owner, "schedule-made");
    if ((await stored(owner)).scheduled_at === null) throw new Error("nothing is scheduled");
    await inDialog(owner, "Cancel it");
    await see(owner, "It is cancelled.");
    if ((await stored(owner)).scheduled_at !== null) throw new Error("it is still scheduled");
    await close(owner);
  });

  step("two rooms go live together, and come back in one step", async () => {
    await owner.getByRole("link", { name: "Releases", exact: true }).click();
    await title(owner, "Releases");
    await see(owner, "No release yet.");
    await look(owner, "releases-empty");
    await owner.getByRole("button", { name: "New release" }).first().click();
    await fill(owner, "Name", "Summer on the lake");
    await look(owner, "release-new");
    await press(owner, "Create");
    await title(owner, "Summer on the lake");
    const address = owner.url();
    await look(owner, "release-empty");
    for (const [index, room] of rooms.entries()) {
      await change(room, 5 + index);
      await press(owner, "Schedule");
      await dialog(owner).getByLabel("Release", { exact: true }).waitFor();
      if (index === 0) await look(owner, "schedule-with-release");
      await press(owner, "Add what is saved now");
      await see(owner, "It goes live with Summer on the lake.");
      await close(owner);
    }
    await owner.goto(address);
    await owner.getByRole("link", { name: rooms[1].title }).waitFor();
    await look(owner, "release");
    await press(owner, "Schedule");
    await dialog(owner).getByLabel("Day", { exact: true }).fill(`${NEXT_YEAR}-06-01`);
    await inDialog(owner, "Schedule");
    await see(owner, "Summer on the lake goes live");
    await owner.getByRole("link", { name: "Releases", exact: true }).first().click();
    await owner.locator(".agenda-day", { hasText: String(NEXT_YEAR) }).getByRole("link", { name: "Summer on the lake" }).waitFor();
    await look(owner, "agenda");
    await owner.goto(address);
    await press(owner, "Go live now");
    await see(owner, "Guests see all 2 at once, or nothing changes.");
    await look(owner, "release-go-live");
    await inDialog(owner, "Go live now");
    await see(owner, "Summer on the lake is live.");
    for (const [index, room] of rooms.entries()) if ((await guests(room.slug)) !== 5 + index) throw new Error(`${room.slug} is not live`);
    await look(owner, "release-live");
    await press(owner, "Roll back");
    await inDialog(owner, "Roll back");
    await see(owner, "Summer on the lake is rolled back.");
    for (const room of rooms) if ((await guests(room.slug)) !== room.before) throw new Error(`${room.slug} did not come back`);
    await owner.getByRole("link", { name: "Releases", exact: true }).first().click();
    await see(owner, "rolled back");
    await look(owner, "releases");
  });

  step("what is over goes to the archive, several at once, and comes back as it was", async () => {
    await owner.goto(list());
    for (const room of rooms) await owner.getByLabel(`Choose ${room.title}`).check();
    await see(owner, "2 chosen");
    await look(owner, "bulk");
    await press(owner, "Archive");
    await see(owner, "Done with 2.");
    for (const room of rooms) if ((await guests(room.slug)) !== null) throw new Error(`${room.slug} is still public`);
    await owner.getByLabel("Show", { exact: true }).selectOption("archived");
    await owner.getByRole("link", { name: rooms[1].title }).waitFor();
    await look(owner, "archive");
    await owner.getByRole("link", { name: rooms[1].title }).click();
    await see(owner, "This is in the archive since");
    await look(owner, "archived");
    await press(owner, "Bring back as it was");
    await see(owner, "is back, and guests see it again.");
    if ((await guests(rooms[1].slug)) !== rooms[1].before) throw new Error("what came back is not public");
    await owner.goto(`${list()}?state=archived`);
    await owner.getByLabel(`Choose ${rooms[0].title}`).check();
    await press(owner, "Bring back as it was");
    await see(owner, "Done with 1.");
    await see(owner, "Nothing here stands like this.");
    if ((await guests(rooms[0].slug)) !== rooms[0].before) throw new Error("what came out of the archive is not public");
  });

  step("a site wants approvals, and no longer", async () => {
    await owner.goto(`${program.base}/dashboard/sites/${known().site.id}/settings`);
    const rule = owner.getByLabel("Only what somebody else has approved goes live");
    await rule.click();
    await see(owner, "wants approvals from now on.");
    await look(owner, "review-rule");
    await colleague.goto(`${list()}/${rooms[0].id}`);
    await press(colleague, "Publish");
    await dialog(colleague).getByRole("button", { name: "Publish", exact: true }).waitFor();
    await close(colleague);
    await rule.click();
    await see(owner, "wants no approvals any more.");
  });
}
