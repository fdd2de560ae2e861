// The part of the story in which nobody is signed in: every address of the dashboard leads to the sign-in, and from there
// back to where one wanted to go.

/** `known` gives the site; `open` a browser of somebody's own, without cookies. */
export function tellOfDoors({ step, title, press, fill, program, open, person, known, expect }) {
  step("an address behind the sign-in leads there, and back to where one wanted to go", async () => {
    expect(["status of 401"]);
    const { page, context } = await open("stranger");
    const rooms = `/dashboard/sites/${known().site.id}/rooms?state=live`;
    for (const address of ["/dashboard/", "/dashboard/releases", "/admin/jobs", "/setup/photos?site=1", rooms]) {
      await page.goto(`${program.base}${address}`);
      await title(page, "Sign in");
      const next = new URL(page.url()).searchParams.get("next");
      if (next?.replace(/\/$/, "") !== address.replace(/\/$/, "")) throw new Error(`${address} comes back as ${next}`);
    }
    const signIn = async () => {
      await fill(page, "E-mail address", person.email);
      await fill(page, "Password", person.password);
      await press(page, "Sign in");
      await title(page, known().site.name);
      if (page.url() !== `${program.base}${rooms}`) throw new Error(`signed in, one comes to ${page.url()}`);
    };
    await signIn();
    // A session that ended meanwhile is the same.
    await context.clearCookies();
    await page.reload();
    await title(page, "Sign in");
    await signIn();
    // Who is signed in already goes on; nobody is led to strangers.
    await page.goto(`${program.base}/dashboard/sign-in?next=${encodeURIComponent(rooms)}`);
    await page.waitForURL(`${program.base}${rooms}`);
    await page.goto(`${program.base}/dashboard/sign-in?next=${encodeURIComponent("//stranger.example/")}`);
    await page.waitForURL(`${program.base}/dashboard`);
    await context.close();
    expect([]);
  });
}
