import { defineConfig } from "@playwright/test";
import { chromium } from "./e2e/chromium";
import { BASE_URL } from "./e2e/stack";

/**
 * Against a running stack: BASE_URL=http://localhost:8000 STRIPE_SANDBOX_URL=http://127.0.0.1:12111 npm run e2e
 * The stack should have been started with FREE_PERIOD_SECONDS=10 and generous RATE_LIMIT_PER_MINUTE and LOGIN_ATTEMPTS_PER_MINUTE.
 */
export default defineConfig({
  testDir: "e2e",
  testMatch: "*.spec.ts",
  testIgnore: ["screenshots.spec.ts", "gallery.spec.ts"],
  outputDir: "test-results",
  // Each file's stories follow one another; two files at a time keep two cores busy.
  workers: Number(process.env["WORKERS"] ?? 2),
  // Generous, because a machine may be slow and busy: the stories wait for what must come, never for time.
  timeout: 480_000,
  expect: { timeout: 60_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    baseURL: BASE_URL,
    // What is not there by then never comes: the story ends where it went wrong, not where its time ran out.
    actionTimeout: 60_000,
    timezoneId: "Europe/Prague",
    locale: "en-GB",
    viewport: { width: 1280, height: 860 },
    reducedMotion: "reduce",
    // Stories replace answers on their way; those that a service worker fetches would escape them.
    serviceWorkers: "block",
    // A recording of every step takes a third of the time: TRACE=1 makes one of what fails.
    trace: process.env["TRACE"] ? "retain-on-failure" : "off",
    screenshot: "only-on-failure",
    launchOptions: chromium(
      // A camera and a microphone that show a pattern and beep, and nobody who has to be asked.
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
    ),
  },
});
