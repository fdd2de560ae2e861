// Ends the build: moves what VitePress wrote into the pages as scripts into files, because the pages are served under a
// policy that runs no inline script; then lays compressed copies beside every file that shrinks.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = new URL("dist/", import.meta.url).pathname;
const COMPRESSED = new Set([".html", ".js", ".css", ".svg", ".json", ".txt"]);
// Below this a compressed copy saves no packet.
const WORTH_COMPRESSING = 1024;

function* files(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else yield path;
  }
}

mkdirSync(join(dist, "assets"), { recursive: true });
const INLINE = /<script((?:(?!\bsrc=)[^>])*)>([\s\S]+?)<\/script>/g;
for (const path of files(dist)) {
  if (extname(path) !== ".html") continue;
  const page = readFileSync(path, "utf8");
  const moved = page.replace(INLINE, (whole, attributes, script) => {
    // Data for the page, not a program.
    if (/type="application\/(ld\+)?json"/.test(attributes)) return whole;
    const name = `inline.${createHash("sha256").update(script).digest("hex").slice(0, 10)}.js`;
    writeFileSync(join(dist, "assets", name), script);
    return `<script${attributes.replace(/\s+id="[^"]*"/, "")} src="/docs/assets/${name}"></script>`;
  });
  const left = [...moved.matchAll(INLINE)].filter(([, attributes]) => !attributes.includes("json"));
  // Only in tags: a page about HTML may write of handlers.
  if (left.length > 0 || /<[a-z][^>]*\son[a-z]+\s*=/i.test(moved) || /(?:href|src)="javascript:/i.test(moved)) throw new Error(`${path}: an inline script is left`);
  writeFileSync(path, moved);
}

for (const path of [...files(dist)]) {
  if (!COMPRESSED.has(extname(path))) continue;
  const bytes = readFileSync(path);
  if (bytes.length < WORTH_COMPRESSING) continue;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
