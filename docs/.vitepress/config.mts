import { readdirSync, readFileSync } from "node:fs";

import { defineConfig } from "vitepress";

/** The pages of the decisions, by their headings. */
const decisions = readdirSync(new URL("../decisions", import.meta.url))
  .filter((name) => name.endsWith(".md"))
  .sort()
  .map((name) => ({
    text: readFileSync(new URL(`../decisions/${name}`, import.meta.url), "utf8").split("\n")[0]?.replace(/^# /, "") ?? name,
    link: `/decisions/${name.replace(/\.md$/, "")}`,
  }));

const start = [
  {
    text: "Start here",
    items: [
      { text: "What it is", link: "/start/" },
      { text: "First sign-in", link: "/start/first-sign-in" },
      { text: "Sites and their content", link: "/start/content" },
      { text: "Move content in", link: "/start/move-in" },
      { text: "Work together, plan and show", link: "/start/together" },
      { text: "Checks before publishing", link: "/start/checks" },
      { text: "What all hotels have in common", link: "/start/brand" },
      { text: "Types of your own", link: "/start/types" },
      { text: "Photographs and documents", link: "/start/media" },
      { text: "Your website", link: "/start/website" },
      { text: "Languages and translations", link: "/start/languages" },
      { text: "Old addresses and menus", link: "/start/redirects" },
      { text: "Forms", link: "/start/forms" },
      { text: "Booking", link: "/start/booking" },
      { text: "Your team", link: "/start/team" },
      { text: "Two-factor sign-in", link: "/start/two-factor" },
    ],
  },
];

const run = [
  {
    text: "Run it",
    items: [
      { text: "Install", link: "/run/" },
      { text: "First run", link: "/run/first-run" },
      { text: "Configure", link: "/run/configure" },
      { text: "Behind a proxy", link: "/run/proxy" },
      { text: "Domains of websites", link: "/run/domains" },
      { text: "In a container", link: "/run/container" },
      { text: "On Fly.io", link: "/run/fly" },
      { text: "PostgreSQL and Redis", link: "/run/backends" },
      { text: "A second place for the database", link: "/run/replication" },
      { text: "Photographs in a bucket", link: "/run/storage" },
      { text: "Take content out and in", link: "/run/export" },
      { text: "Websites as plain files", link: "/run/move-out" },
      { text: "Mail", link: "/run/mail" },
      { text: "Health, metrics, logs", link: "/run/observe" },
      { text: "Upgrade and stop", link: "/run/upgrade" },
      { text: "When it does not start", link: "/run/troubleshoot" },
    ],
  },
  {
    text: "Reference",
    items: [
      { text: "Settings", link: "/reference/settings" },
      { text: "Commands", link: "/reference/commands" },
      { text: "Benchmarks", link: "/benchmarks" },
    ],
  },
];

const build = [
  {
    text: "Build on it",
    items: [
      { text: "Quick start", link: "/build/" },
      { text: "Public API", link: "/build/public-api" },
      { text: "Every address, with answers", link: "/build/addresses" },
      { text: "Admin API", link: "/build/admin-api" },
      { text: "Work on content", link: "/build/workflow" },
      { text: "Import records", link: "/build/import" },
      { text: "Languages and translations", link: "/build/translations" },
      { text: "A group's own types", link: "/build/own-types" },
      { text: "Move in from WordPress", link: "/build/import-wordpress" },
      { text: "AlpineBits", link: "/build/alpinebits" },
    ],
  },
  { text: "Reference", items: [{ text: "Problems", link: "/reference/problems" }] },
];

const contribute = [
  {
    text: "Work on it",
    items: [
      { text: "The house", link: "/contribute/" },
      { text: "Checks and tests", link: "/contribute/checks" },
      { text: "The loop", link: "/contribute/loop" },
      { text: "Types and sections", link: "/contribute/types" },
      { text: "Themes", link: "/contribute/themes" },
      { text: "All decisions", link: "/contribute/decisions" },
      { text: "Benchmarks", link: "/benchmarks" },
    ],
  },
  { text: "Decisions", items: decisions },
];

export default defineConfig({
  title: "GammaCMS",
  description: "The content system of small hotel groups, in one binary.",
  lang: "en",
  base: "/docs/",
  outDir: "dist",
  srcExclude: ["README.md"],
  cleanUrls: true,
  // The program serves the pages under a policy without inline scripts: what VitePress can keep in files stays there.
  metaChunk: true,
  head: [["link", { rel: "icon", type: "image/svg+xml", href: "/docs/mark.svg" }]],
  themeConfig: {
    logo: "/mark.svg",
    search: { provider: "local" },
    nav: [
      { text: "Start here", link: "/start/", activeMatch: "^/start/" },
      { text: "Run it", link: "/run/", activeMatch: "^/run/" },
      { text: "Build on it", link: "/build/", activeMatch: "^/build/" },
      { text: "Work on it", link: "/contribute/", activeMatch: "^/(contribute|decisions)/" },
    ],
    sidebar: {
      "/start/": start,
      "/run/": run,
      "/build/": build,
      "/contribute/": contribute,
      "/decisions/": contribute,
      "/reference/problems": build,
      "/reference/": run,
      "/benchmarks": run,
    },
    outline: { level: [2, 3] },
    externalLinkIcon: true,
  },
});
