/** The browser of the tests: the system's. Nothing is downloaded. */
import { existsSync } from "node:fs";

/** The headless shell comes first, because it is faster. */
function installedBrowser(): string {
  const names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];
  const found = names.map((name) => `/usr/bin/${name}`).find((path) => existsSync(path));
  if (!found) throw new Error("No Chromium in /usr/bin: CHROMIUM=… says where one is.");
  return found;
}

/** `args`: beside those that every test needs. */
export function chromium(...args: string[]) {
  return {
    executablePath: process.env["CHROMIUM"] ?? installedBrowser(),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      ...args,
    ],
  };
}
