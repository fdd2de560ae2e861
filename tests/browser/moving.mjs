// The part of the story in which a hotel moves in: its WordPress website is looked at and taken over, its old addresses are
// led on, and its facts leave as a file for a channel manager.

import { readFileSync } from "node:fs";

const item = (id, kind, title, content) =>
  `<item><title>${title}</title><link>https://old.example/${kind}-${id}/</link><content:encoded><![CDATA[${content}]]></content:encoded>` +
  `<wp:post_id>${id}</wp:post_id><wp:post_date>2024-05-06 07:08:09</wp:post_date><wp:post_name>${kind}-${id}</wp:post_name><wp:status>publish</wp:status>` +
  `<wp:post_parent>0</wp:post_parent><wp:menu_order>0</wp:menu_order><wp:post_type>${kind}</wp:post_type><wp:post_password></wp:post_password></item>`;

/** A small export: a page with a block that shows the old website itself, a post, and a thing of a plug-in. */
const EXPORT = `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/"><channel>
<title>The old mill</title><link>https://old.example</link><language>en-GB</language><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>https://old.example</wp:base_site_url><wp:base_blog_url>https://old.example</wp:base_blog_url>
${item(1, "page", "The old mill", "<!-- wp:paragraph --><p>Flour until 1961.</p><!-- /wp:paragraph --><!-- wp:search /-->")}
${item(2, "post", "The wheel turns again", "<p>Since the first of May.</p>")}
${item(3, "testimonial_slider", "Slider", "")}
</channel></rss>`;

const ADDRESSES = "old,new\n/rooms,\n/zimmer.html,/rooms\n/gastgeber,/hosts\n/impressum.php,\n";

/** `known` gives the site; the guest is a member who may only read by now. */
export function tellOfMovingIn({ step, look, see, title, press, program, owner, guest, known }) {
  const imports = () => `${program.base}/dashboard/imports`;
  const bring = async (source, name, text) => {
    await owner.goto(imports());
    await owner.getByRole("radio", { name: source }).check();
    await owner.getByLabel("Into the site").selectOption(known().site.id);
    await owner.locator("input[type=file]").setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(text) });
    await see(owner, name);
  };

  step("a WordPress website is looked at, its report is read, and it is taken over", async () => {
    await owner.goto(imports());
    await see(owner, "Nothing yet.");
    await look(owner, "imports-empty");
    await bring(/^Your WordPress website/, "mill.xml", EXPORT);
    await look(owner, "imports-new");
    await press(owner, "Look at it");
    await see(owner, "Nothing has changed yet.");
    await see(owner, "What would become of the 3 items in the export");
    await owner.getByRole("cell", { name: /^Slider/ }).waitFor();
    await look(owner, "imports-wordpress");
    await owner.getByRole("button", { name: /^With remarks/ }).click();
    await owner.getByRole("cell", { name: /^The old mill/ }).waitFor();
    await press(owner, "Take it over");
    await owner.locator("dialog", { hasText: "New: 1 page" }).waitFor();
    await look(owner, "imports-take-over");
    await owner.locator("dialog").getByRole("button", { name: "Take it over" }).click();
    await see(owner, "It is taken over.");
    await look(owner, "imports-done");
    await owner.getByRole("link", { name: "1 page", exact: true }).click();
    await owner.getByRole("link", { name: "The old mill" }).waitFor();
  });

  step("a file that is none is refused with its reason, and gives way to one that is", async () => {
    await bring(/^Your WordPress website/, "photo.xml", "this was a photograph");
    await press(owner, "Look at it");
    await see(owner, "It could not be done.");
    await look(owner, "imports-failed");
    await press(owner, "Bring another file");
    await owner.locator("input[type=file]").setInputFiles({ name: "mill.xml", mimeType: "text/xml", buffer: Buffer.from(EXPORT) });
    await press(owner, "Look at it");
    await see(owner, "All of it is here already: there is nothing to take over.");
  });

  step("the old addresses are read one by one, and redirects lead on from those that have somewhere to go", async () => {
    await bring(/^Addresses of the old website/, "old.csv", ADDRESSES);
    await press(owner, "Look at it");
    await see(owner, "4 addresses of the old website");
    await owner.getByRole("cell", { name: "/impressum.php" }).waitFor();
    await look(owner, "imports-addresses");
    await press(owner, "Take it over");
    await owner.locator("dialog").getByRole("button", { name: "Take it over" }).click();
    await see(owner, "It is taken over.");
    await owner.getByRole("link", { name: /redirects?$/ }).waitFor();
    await owner.getByRole("link", { name: "Move in" }).first().click();
    await owner.getByRole("link", { name: "old.csv" }).waitFor();
    await look(owner, "imports");
    await owner.getByRole("button", { name: "Throw away: old.csv" }).click();
    await owner.locator("dialog").getByRole("button", { name: "Throw away" }).click();
    await owner.getByRole("link", { name: "old.csv" }).waitFor({ state: "detached" });
  });

  step("the house leaves as a file for a channel manager, and the websites as plain files", async () => {
    await owner.goto(`${program.base}/dashboard/sites/${known().site.id}/settings`);
    const [file] = await Promise.all([owner.waitForEvent("download"), press(owner, "Save the file")]);
    if (!readFileSync(await file.path(), "utf8").includes("<HotelDescriptiveContent")) throw new Error("this is no message of AlpineBits");
    await see(owner, "The file is saved.");
    await look(owner, "site-facts-file");
    await owner.goto(`${program.base}/dashboard/organization`);
    await owner.getByLabel("As", { exact: true }).selectOption("static");
    await press(owner, "Write the file");
    await owner.getByRole("button", { name: "Download" }).waitFor();
    const [websites] = await Promise.all([owner.waitForEvent("download"), press(owner, "Download")]);
    if (!/-website-\d{4}-\d\d-\d\d\.tar\.gz$/.test(websites.suggestedFilename())) throw new Error(websites.suggestedFilename());
  });

  step("whoever may not move anything in is told so, and not led there", async () => {
    await guest.goto(imports());
    await title(guest, "Move in");
    await see(guest, "Your role does not allow this.");
    await look(guest, "viewer-imports");
    if (await guest.getByRole("link", { name: "Move in" }).isVisible()) throw new Error("a viewer is offered to move things in");
    await guest.goto(`${program.base}/dashboard`);
    await title(guest, "Sites");
  });
}
