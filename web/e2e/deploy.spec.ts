/** A release while somebody has the app open: the files of the screens that were not opened yet are gone. */
import type { Page } from "@playwright/test";
import { expect, test } from "./browser";
import { Person } from "./stack";

/** From now on the files that were not loaded yet are gone, until the page itself is loaded anew; counts such loads. */
async function release(page: Page): Promise<{ loads: number }> {
  const count = { loads: 0 };
  await page.route("**/*", async (route) => {
    const request = route.request();
    if (request.isNavigationRequest()) count.loads += 1;
    const gone = count.loads === 0 && new URL(request.url()).pathname.startsWith("/assets/");
    await (gone ? route.fulfill({ status: 404, body: "" }) : route.continue());
  });
  return count;
}

test("a screen whose files are gone is loaded anew, once, and opens", async ({ page }) => {
  await page.goto("/find");
  await expect(page.getByRole("article").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Use the dark theme" })).toBeVisible();
  const count = await release(page);
  await page.getByRole("link", { name: "Log in" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Log in" })).toBeVisible();
  expect(count.loads).toBe(1);
});

test("what was typed stays when a part of the screen cannot be loaded any more", async ({ open }) => {
  const consultant = await Person.register("consultant", "Depla");
  await consultant.publish();
  const page = await open(consultant, { at: "/profile" });
  await page.getByLabel("Headline").fill("Typed before the release");
  const count = await release(page);
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose photo" }).click();
  const png =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  await (
    await chooser
  ).setFiles({ name: "me.png", mimeType: "image/png", buffer: Buffer.from(png, "base64") });
  await expect(page.getByRole("alert").getByText(/there is a new version/)).toBeVisible();
  expect(count.loads).toBe(0);
  await page.keyboard.press("Escape");
  await expect(page.getByLabel("Headline")).toHaveValue("Typed before the release");
});

test("a screen that is not there yet and a network that is gone are called offline", async ({ page }) => {
  await page.goto("/find");
  await expect(page.getByRole("button", { name: "Use the dark theme" })).toBeVisible();
  await page.context().setOffline(true);
  await page.getByRole("link", { name: "Sign up" }).first().click();
  await expect(page.getByRole("heading", { name: "You’re offline" })).toBeVisible();
  await page.context().setOffline(false);
  await expect(page.getByRole("heading", { name: "Create your account" })).toBeVisible();
});
