// The started program under test: its own data directory and port, stopped by PID.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A port that nobody listens on. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Tries until something holds; fails with the last complaint. */
export async function until(what, check, seconds = 20) {
  const end = Date.now() + seconds * 1000;
  let last;
  while (Date.now() < end) {
    try {
      const found = await check();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what}: did not happen in ${seconds} s`, { cause: last });
}

/** The real Litestream, as `scripts/npm.sh tests/tools` puts it there; null where npm has none for this processor. */
export function litestream() {
  const found = join(import.meta.dirname, "../tools/node_modules/@flydotio/litestream-linux-x64/litestream");
  return existsSync(found) ? found : null;
}

export async function startProgram(binary, environment = {}) {
  const data = mkdtempSync(join(tmpdir(), "gammacms-browser-"));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  let log = "";
  let child;
  let ended;
  const start = async () => {
    child = spawn(binary, ["serve", "--data-dir", data, "--listen", `127.0.0.1:${port}`], {
      cwd: tmpdir(),
      env: { PATH: process.env.PATH, HOME: data, GAMMACMS_PUBLIC_URL: base, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.on("data", (bytes) => (log += bytes));
    child.stderr.on("data", (bytes) => (log += bytes));
    ended = new Promise((resolve) => child.once("exit", resolve));
    await until("the program answers", async () => {
      if (child.exitCode !== null) throw new Error(`the program ended: ${log}`);
      return (await fetch(`${base}/readyz`)).ok;
    });
  };
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  await start();
  return {
    base,
    data,
    log: () => log,
    setupCode: () => readFileSync(join(data, "setup-code"), "utf8").trim(),
    /** The newest mail to an address that holds these words, as text: mails are written by jobs, a moment later. */
    mail: (address, words) =>
      until(`a mail to ${address} with ${words}`, () => {
        const folder = join(data, "mail");
        const mails = readdirSync(folder)
          .sort()
          .reverse()
          .map((name) => readFileSync(join(folder, name), "utf8").replaceAll(/=\r?\n/g, "").replaceAll("=3D", "="));
        return mails.find((text) => text.includes(address) && text.includes(words));
      }),
    /** A new machine at the same address: of the old one only the files of the library are left. */
    async loseDatabase() {
      await stop();
      for (const name of readdirSync(data)) if (name !== "media" && name !== "secret-key") rmSync(join(data, name), { recursive: true });
      await start();
    },
    async stop() {
      await stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Asks the admin API with the session of a page; what a step needs around what it is about. */
export async function asOwner(page, method, path, body) {
  const { status, answer } = await page.evaluate(
    async ({ method, path, body }) => {
      const me = await (await fetch("/api/v1/auth/me/")).json();
      const headers = { "Content-Type": "application/json", "X-CSRF-Token": me.csrf_token };
      const found = await fetch(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      return { status: found.status, answer: await found.text() };
    },
    { method, path, body },
  );
  if (status >= 400) throw new Error(`${method} ${path} answers ${status}: ${answer}`);
  return answer === "" ? null : JSON.parse(answer);
}
