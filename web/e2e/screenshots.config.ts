import { defineConfig } from "@playwright/test";
import shared from "../playwright.config";

/** `npm run screenshots`: pictures of a running stack for the documentation, into SCREENSHOTS (../docs/screenshots). */
export default defineConfig(shared, {
  testDir: ".",
  testMatch: "screenshots.spec.ts",
  testIgnore: [],
  timeout: 600_000,
});
