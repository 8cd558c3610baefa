import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./browser";
import { type Cast, cast } from "./screens";

let all: Cast;
test.beforeAll(async () => {
  all = await cast();
});

/** WCAG 2.2 AA by axe: nothing at all may be wrong. */
async function flawless(page: Page, what: string, more: string[] = []): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", ...more])
    .analyze();
  const told = violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join("; ")}`,
  );
  expect.soft(told, what).toEqual([]);
}

for (const colorScheme of ["light", "dark"] as const)
  for (const width of [1280, 360])
    test(`every screen, ${colorScheme}, ${width} px: accessible, and nothing sticks out`, async ({
      open,
    }) => {
      test.setTimeout(240_000);
      const options = { colorScheme, viewport: { width, height: 800 } };
      const pages = {
        nobody: await open(undefined, options),
        seeker: await open(all.seeker, options),
        consultant: await open(all.consultant, options),
      };
      for (const screen of all.screens) {
        const page = pages[screen.who];
        await page.goto(screen.path);
        await expect(page.getByRole("main").getByText(screen.shows).first()).toBeVisible();
        await expect(page.locator(".mantine-Skeleton-root")).toHaveCount(0);
        await flawless(page, screen.name, ["best-practice"]);
        const sticksOut = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect.soft(sticksOut, `${screen.name} sticks out`).toBeLessThanOrEqual(0);
      }
    });

test("dialogs are accessible too, and give the focus back", async ({ open }) => {
  for (const colorScheme of ["light", "dark"] as const) {
    const seeker = await open(all.seeker, { colorScheme });
    await seeker.goto(`/experts/${all.consultant.id}`);
    await seeker
      .getByRole("button", { name: /€120\.00/ })
      .first()
      .click();
    await expect(seeker.getByRole("dialog", { name: "Request booking" })).toBeVisible();
    await expect(seeker.getByLabel("What would you like to talk about?")).toBeFocused();
    await flawless(seeker, "request a booking");
    await seeker.goto(all.screens.find(({ name }) => name === "booking-confirmed")?.path ?? "");
    await seeker.getByRole("button", { name: "Cancel booking" }).click();
    await expect(seeker.getByRole("dialog")).toContainText("This is free");
    await flawless(seeker, "cancel a booking");
    await seeker.keyboard.press("Escape");
    await expect(seeker.getByRole("dialog")).toBeHidden();
    await expect(seeker.getByRole("button", { name: "Cancel booking" })).toBeFocused();
    await seeker.goto("/settings/payment");
    await seeker.getByRole("button", { name: "Replace" }).click();
    await seeker.getByLabel("Card number").waitFor();
    await flawless(seeker, "replace the card");

    const consultant = await open(all.consultant, { colorScheme });
    await consultant.goto("/availability");
    await consultant.getByRole("button", { name: "Add times" }).click();
    await expect(consultant.getByRole("dialog")).toBeVisible();
    await flawless(consultant, "add times");
    await consultant.getByLabel("Day", { exact: true }).click();
    await flawless(consultant, "pick a day");
  }
});

test("a phone’s menu opens by keyboard, and leads everywhere", async ({ open }) => {
  const page = await open(all.seeker, { viewport: { width: 360, height: 740 } });
  await page.goto("/dashboard");
  await expect(page.getByRole("link", { name: "Payments" })).toBeHidden();
  await page.getByRole("button", { name: "Open the menu" }).focus();
  await page.keyboard.press("Enter");
  await flawless(page, "the menu");
  await page.getByRole("link", { name: "Payments" }).click();
  await expect(page.getByRole("heading", { name: "Payments" })).toBeVisible();
  await expect(page.getByRole("link", { name: "My card" })).toBeHidden();
});

test("the keyboard reaches the content at once, and a new page takes the focus", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("article").first()).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("Search experts")).toBeFocused();
  await page.getByRole("article").first().getByRole("link").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Free times" })).toBeVisible();
  await expect(page.getByRole("main")).toBeFocused();
});
