import type { Page } from "@playwright/test";
import { everyLook, flawless } from "./axe";
import { expect, test } from "./browser";
import { type Cast, cast } from "./screens";

let all: Cast;
test.beforeAll(async () => {
  all = await cast();
});

for (const who of ["nobody", "seeker", "consultant"] as const)
  test(`every screen of ${who}, light and dark, wide and 360 px, with large text: accessible, and nothing sticks out`, async ({
    open,
  }) => {
    const page = await open(who === "nobody" ? undefined : all[who]);
    for (const screen of all.screens.filter((one) => one.who === who)) {
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.goto(screen.path);
      await expect(page.getByRole("main").getByText(screen.shows).first()).toBeVisible();
      await expect(page.locator(".mantine-Skeleton-root")).toHaveCount(0);
      await everyLook(page, screen.name);
    }
  });

/** Both themes, as they stand. */
async function inBothThemes(page: Page, what: string): Promise<void> {
  await flawless(page, what);
  await page.emulateMedia({ colorScheme: "dark" });
  await expect(page.locator("html[data-mantine-color-scheme=dark]")).toBeAttached();
  await flawless(page, `${what}, dark`, { type: "rule", values: ["color-contrast"] });
  await page.emulateMedia({ colorScheme: "light" });
}

test("dialogs are accessible too, and give the focus back", async ({ open }) => {
  const seeker = await open(all.seeker, { at: `/experts/${all.consultant.id}` });
  await seeker
    .getByRole("button", { name: /€120\.00/ })
    .first()
    .click();
  await expect(seeker.getByRole("dialog", { name: "Request booking" })).toBeVisible();
  await expect(seeker.getByLabel("What would you like to talk about?")).toBeFocused();
  await inBothThemes(seeker, "request a booking");
  await seeker.goto(all.screens.find(({ name }) => name === "booking-confirmed")?.path ?? "");
  await seeker.getByRole("button", { name: "Cancel booking" }).click();
  await expect(seeker.getByRole("dialog")).toContainText("This is free");
  await inBothThemes(seeker, "cancel a booking");
  await seeker.keyboard.press("Escape");
  await expect(seeker.getByRole("dialog")).toBeHidden();
  await expect(seeker.getByRole("button", { name: "Cancel booking" })).toBeFocused();
  await seeker.goto("/settings/payment");
  await seeker.getByRole("button", { name: "Replace" }).click();
  await seeker.getByLabel("Card number").waitFor();
  await inBothThemes(seeker, "replace the card");

  const consultant = await open(all.consultant, { at: "/availability" });
  await consultant.getByRole("button", { name: "Add times" }).click();
  await expect(consultant.getByRole("dialog")).toBeVisible();
  await inBothThemes(consultant, "add times");
  await consultant.getByLabel("Day", { exact: true }).click();
  await inBothThemes(consultant, "pick a day");
});

test("on a phone a dialog is the whole screen, with its button in sight and the focus on what it asks", async ({
  open,
}) => {
  const phone = { viewport: { width: 360, height: 640 } };
  const fills = async (page: Page, button: string) => {
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByRole("button", { name: button, exact: true })).toBeInViewport({ ratio: 1 });
    await expect(dialog.getByRole("button", { name: "Close" })).not.toBeFocused();
    await expect(dialog.locator(":focus")).toHaveCount(1);
    expect(await dialog.boundingBox()).toMatchObject({ x: 0, y: 0, width: 360, height: 640 });
  };
  const seeker = await open(all.seeker, { ...phone, at: `/experts/${all.consultant.id}` });
  await seeker
    .getByRole("button", { name: /€120\.00/ })
    .first()
    .click();
  await expect(seeker.getByLabel("What would you like to talk about?")).toBeFocused();
  await fills(seeker, "Request booking");
  await seeker.goto(all.screens.find(({ name }) => name === "booking-confirmed")?.path ?? "");
  await seeker.getByRole("button", { name: "Cancel booking" }).click();
  await fills(seeker, "Cancel booking");
  await seeker.goto(all.screens.find(({ name }) => name === "booking-confirmed")?.path ?? "");
  await seeker.getByRole("button", { name: "Propose another time" }).click();
  await fills(seeker, "Send proposal");
  const consultant = await open(all.consultant, { ...phone, at: "/availability" });
  await consultant.getByRole("button", { name: "Add times" }).click();
  await fills(consultant, "Add");
});

test("at 400 % zoom, where 320 × 256 px are left, no bar stands over the field that is filled in", async ({
  open,
}) => {
  const page = await open(all.consultant, {
    at: "/availability/hours",
    viewport: { width: 320, height: 256 },
  });
  const field = page.locator("input[type=time]").first();
  await field.fill("07:45");
  await expect(page.getByRole("button", { name: "Save hours" })).toBeVisible();
  for (const block of ["start", "end"] as const) {
    const uncovered = await field.evaluate((input, at) => {
      input.scrollIntoView({ block: at });
      const { left, top, width, height } = input.getBoundingClientRect();
      return input.contains(document.elementFromPoint(left + width / 2, top + height / 2));
    }, block);
    expect(uncovered, `at the ${block} of the window`).toBe(true);
  }
});

test("at 200 % zoom the calendar of a date is within the window", async ({ open }) => {
  const page = await open(all.consultant, { at: "/availability", viewport: { width: 640, height: 400 } });
  await page.getByRole("button", { name: "Add times" }).click();
  await page.getByRole("dialog").getByRole("textbox", { name: "Day" }).focus();
  const calendar = page.locator(".mantine-Popover-dropdown", { has: page.locator("table") });
  await expect
    .poll(async () => {
      const box = await calendar.boundingBox();
      return box && box.y >= 0 && box.y + box.height <= 400;
    })
    .toBe(true);
  const last = calendar.getByRole("button").last();
  await last.scrollIntoViewIfNeeded();
  await expect(last).toBeInViewport({ ratio: 1 });
});

test("a phone’s menu opens by keyboard, and leads everywhere", async ({ open }) => {
  const page = await open(all.seeker, { viewport: { width: 360, height: 740 } });
  await expect(page.getByRole("link", { name: "Payments" })).toBeHidden();
  await page.getByRole("button", { name: "Open the menu" }).focus();
  await page.keyboard.press("Enter");
  await inBothThemes(page, "the menu");
  await page.getByRole("link", { name: "Payments" }).click();
  await expect(page.getByRole("heading", { name: "Payments", exact: true })).toBeVisible();
  await expect(page.getByRole("link", { name: "My card" })).toBeHidden();
});

test("the keyboard reaches the content at once, and a new page takes the focus", async ({ page }) => {
  await page.goto("/");
  // The cards are there before the app, which takes the page over and with it the focus.
  await expect(page.getByLabel("Search experts")).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("Search experts")).toBeFocused();
  await page.getByRole("article").first().getByRole("link").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Available times" })).toBeVisible();
  await expect(page.getByRole("main")).toBeFocused();
});
