// Ends the build: brings the API's browser in, and lays compressed copies beside every file that shrinks.
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url).pathname;
const COMPRESSED = new Set([".html", ".js", ".css", ".svg", ".json", ".txt", ".webmanifest"]);
// Below this a compressed copy saves no packet.
const WORTH_COMPRESSING = 1024;

const swagger = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
const browser = join(dist, "schema");
mkdirSync(browser, { recursive: true });
for (const name of ["swagger-ui.css", "swagger-ui-bundle.js"]) {
  cpSync(join(swagger, name), join(browser, name));
}
// Its own page has an inline script; the content security policy allows none.
writeFileSync(
  join(browser, "start.js"),
  `window.ui = SwaggerUIBundle({
  url: "/api/v1/openapi.json",
  dom_id: "#browser",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: false,
  validatorUrl: null,
});
`,
);
writeFileSync(
  join(browser, "index.html"),
  `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>GammaCMS API</title>
    <link rel="icon" href="/dashboard/favicon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/api/v1/schema/swagger-ui.css" />
  </head>
  <body>
    <div id="browser"></div>
    <script src="/api/v1/schema/swagger-ui-bundle.js"></script>
    <script src="/api/v1/schema/start.js"></script>
  </body>
</html>
`,
);

function compress(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) compress(path);
    else if (COMPRESSED.has(extname(name))) {
      const bytes = readFileSync(path);
      if (bytes.length < WORTH_COMPRESSING) continue;
      const brotli = brotliCompressSync(bytes, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
      });
      writeFileSync(`${path}.br`, brotli);
      writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
    }
  }
}
compress(dist);
