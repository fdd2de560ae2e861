import { createContentLoader } from "vitepress";

/** The decisions with their headings, in the order of their numbers. */
export default createContentLoader("decisions/*.md", {
  includeSrc: true,
  transform: (pages) =>
    pages
      .map((page) => ({ url: page.url, title: page.src?.split("\n")[0]?.replace(/^# /, "") ?? page.url }))
      .sort((a, b) => a.url.localeCompare(b.url)),
});
