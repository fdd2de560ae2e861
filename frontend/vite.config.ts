import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Where the program listens while the dashboard is worked on. */
const PROGRAM = process.env["GAMMACMS_URL"] ?? "http://127.0.0.1:8000";

// The program serves what is built here below /dashboard; /setup and /admin get the same page.
export default defineConfig({
  base: "/dashboard/",
  plugins: [react()],
  build: {
    target: "es2023",
    sourcemap: false,
    // A font or drawing inside a script or style would break the content security policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // What changes rarely stays in the browser's cache over upgrades.
        codeSplitting: {
          // What writes formatted text is fetched when there is such a text to write.
          groups: [
            { name: "formatted-text", test: /node_modules\/(@lexical\/|lexical\/)/ },
            { name: "libraries", test: /node_modules\/(?!@lexical\/|lexical\/)/ },
          ],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(["/api", "/docs", "/media", "/preview"].map((path) => [path, PROGRAM])),
  },
  preview: {
    proxy: Object.fromEntries(["/api", "/docs", "/media", "/preview"].map((path) => [path, PROGRAM])),
  },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
