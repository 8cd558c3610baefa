import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";
import { chromium } from "./chromium";

const PORT = process.env["GALLERY_PORT"] ?? "5199";
const ADDRESS = `http://127.0.0.1:${PORT}`;

/** `npm run gallery`: every shared component in all its states. Needs no stack: Vite serves the app from source. */
export default defineConfig({
  testDir: ".",
  testMatch: "gallery.spec.ts",
  outputDir: "../test-results",
  workers: 1,
  timeout: 480_000,
  // Vite puts the app together when it is first asked for, which takes its time on a busy machine.
  expect: { timeout: 120_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    baseURL: ADDRESS,
    actionTimeout: 60_000,
    timezoneId: "Europe/Prague",
    reducedMotion: "reduce",
    serviceWorkers: "block",
    launchOptions: chromium(),
  },
  webServer: {
    command: `npm run dev -- --host 127.0.0.1 --port ${PORT} --strictPort`,
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    url: ADDRESS,
    reuseExistingServer: true,
    timeout: 120_000,
  },
});
