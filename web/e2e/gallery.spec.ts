import { fileURLToPath } from "node:url";
import { type Page, expect, test } from "@playwright/test";
import { STANDARD, flawless, nothingSticksOut, nothingSticksOutOfDoubleText } from "./axe";

const PICTURES =
  process.env["SCREENSHOTS"] ?? fileURLToPath(new URL("../test-results/gallery", import.meta.url));
/** The samples are about the days that follow it. */
const MONDAY = new Date("2026-11-23T08:00:00Z");
const NARROWEST = 360;
const WIDTHS = [NARROWEST, 768, 1280];
const READERS = [
  { locale: "en-GB", dir: "ltr" },
  { locale: "ar-EG", dir: "rtl" },
];
const CONFIG = {
  brand: { name: "Consultant Connect", color: "#0f6b60", logo_url: null },
  currencies: [],
  locales: ["en", "de", "ar"],
};

async function openGallery(page: Page): Promise<void> {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.clock.setFixedTime(MONDAY);
  await page.route("**/config", (route) => route.fulfill({ json: CONFIG }));
  await page.goto("/_gallery");
  await expect(page.getByRole("heading", { name: "Gallery", level: 1 })).toBeVisible();
  await expect(page.locator("#money table").first()).toBeVisible();
  expect(errors).toEqual([]);
}

/** The theme changes colours alone: in the dark only contrast is looked at again. */
async function inBothThemes(page: Page, name: string, within = "html"): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator(`html[data-mantine-color-scheme=${colorScheme}]`)).toBeAttached();
    const contrast = { type: "rule" as const, values: ["color-contrast"] };
    const rules = colorScheme === "light" ? STANDARD : contrast;
    await flawless(page, `${name}, ${colorScheme}`, rules, within);
    await page.screenshot({ path: `${PICTURES}/${name}-${colorScheme}.png`, fullPage: within === "html" });
  }
  await nothingSticksOut(page, name);
  const { width } = page.viewportSize() ?? { width: NARROWEST };
  await nothingSticksOutOfDoubleText(page, name, [width]);
}

for (const { locale, dir } of READERS)
  for (const width of WIDTHS)
    test(`${dir}, ${width} px: every component is accessible in both themes, and nothing sticks out`, async ({
      browser,
    }) => {
      const context = await browser.newContext({ locale, viewport: { width, height: 800 } });
      const page = await context.newPage();
      await openGallery(page);
      await expect(page.locator(`html[dir=${dir}]`)).toBeAttached();
      await inBothThemes(page, `${dir}-${width}`);
      const openers = page.locator("#dialogs button");
      for (let index = 0; index < (await openers.count()); index++) {
        const opener = openers.nth(index);
        await opener.click();
        const dialog = page.getByRole("dialog");
        await expect(dialog).toBeVisible();
        await expect(dialog.getByRole("banner")).toHaveCount(0);
        // The focus is on what is asked, and the button that answers it is in sight.
        await expect(dialog.locator(":focus")).toHaveCount(1);
        await expect(dialog.locator(".mantine-Modal-close:focus")).toHaveCount(0);
        const answer = dialog.getByRole("button").last();
        await expect(answer).toBeInViewport();
        if (width < 576) expect((await dialog.boundingBox())?.width).toBe(width);
        await inBothThemes(page, `${dir}-${width}-dialog-${index + 1}`, "[role=dialog]");
        await page.keyboard.press("Escape");
        await expect(dialog).toBeHidden();
        await expect(opener).toBeFocused();
      }
      await context.close();
    });
