import type { Page } from "@playwright/test";
import { everyLook, flawless, nothingSticksOut } from "./axe";
import { expect, test } from "./browser";
import { type Cast, cast } from "./screens";

let all: Cast;
test.beforeAll(async () => {
  all = await cast();
});

const READERS = [
  { locale: "de-DE", lang: "de-DE", dir: "ltr", logIn: "Anmelden", language: "Sprache" },
  { locale: "ar-EG", lang: "ar-EG", dir: "rtl", logIn: "تسجيل الدخول", language: "اللغة" },
];

async function inBothWidths(page: Page, what: string): Promise<void> {
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    await flawless(page, `${what}, ${width} px`);
    await nothingSticksOut(page, `${what}, ${width} px`);
  }
}

for (const { locale, lang, dir, logIn } of READERS) {
  test(`in ${locale} the pages speak the browser’s language, in its direction, and are accessible`, async ({
    open,
  }) => {
    const visitor = await open(undefined, { locale, at: "/login" });
    await expect(visitor.getByRole("heading", { name: logIn })).toBeVisible();
    await expect(visitor.locator(`html[lang=${lang}][dir=${dir}]`)).toBeAttached();
    await inBothWidths(visitor, `log-in in ${locale}`);
    for (const path of ["/", `/experts/${all.consultant.id}`, "/register?role=consultant"]) {
      await visitor.goto(path);
      await expect(visitor.getByRole("heading").first()).toBeVisible();
      await expect(visitor.locator(".mantine-Skeleton-root")).toHaveCount(0);
      await inBothWidths(visitor, `${path} in ${locale}`);
    }
    const consultant = await open(all.consultant, { locale, at: "/availability" });
    await expect(consultant.locator(".mantine-Skeleton-root")).toHaveCount(0);
    await inBothWidths(consultant, `availability in ${locale}`);
  });
}

for (const who of ["nobody", "seeker", "consultant"] as const)
  test(`every screen of ${who} from right to left, light and dark, wide and 360 px: accessible, and nothing sticks out`, async ({
    open,
  }) => {
    const page = await open(who === "nobody" ? undefined : all[who], { locale: "ar-EG" });
    for (const screen of all.screens.filter((one) => one.who === who)) {
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.goto(screen.path);
      await expect(page.locator("html[lang=ar-EG][dir=rtl]")).toBeAttached();
      await expect(page.getByRole("main").getByRole("heading").first()).toBeVisible();
      await expect(page.locator(".mantine-Skeleton-root, [data-first-paint]")).toHaveCount(0);
      await everyLook(page, `${screen.name}, right to left`);
    }
  });

test("the language is chosen at the foot of the page, at once and for the next visit", async ({ page }) => {
  await page.goto("/login");
  const language = page.getByRole("contentinfo").getByRole("combobox");
  for (const { lang, dir, logIn } of READERS) {
    await language.selectOption(lang.slice(0, 2));
    await expect(page.getByRole("heading", { name: logIn })).toBeVisible();
    await expect(page.locator(`html[dir=${dir}]`)).toBeAttached();
    await page.reload();
    await expect(page.getByRole("heading", { name: logIn })).toBeVisible();
  }
  await language.selectOption("en");
  await expect(page.getByRole("heading", { name: "Log in" })).toBeVisible();
});

const FIRST_PAINTS = [
  { locale: "de-AT", lang: "de", dir: "ltr", heading: "Sprechen Sie mit jemandem, der es schon gemacht hat" },
  { locale: "ar-EG", lang: "ar", dir: "rtl", heading: "تحدّث مع من سبق له القيام بذلك" },
  { locale: "fr-FR", lang: "en", dir: "", heading: "Talk to someone who has done it before" },
];

for (const { locale, lang, dir, heading } of FIRST_PAINTS)
  test(`in ${locale} the first paint is in the language that the app goes on in`, async ({ browser }) => {
    const context = await browser.newContext({ locale });
    const page = await context.newPage();
    // Every heading that is ever seen, from the first paint until the app is there.
    await page.addInitScript(() => {
      const seen: Set<string> = new Set();
      Object.assign(window, { seen });
      new MutationObserver(() => {
        const text = document.querySelector("h1")?.textContent;
        if (text) seen.add(text);
      }).observe(document, { childList: true, subtree: true, characterData: true });
    });
    await page.route("**/assets/*.js", (route) => route.abort());
    await page.goto("/");
    await expect(page.locator("[data-first-paint]")).toBeVisible();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
    expect(await page.locator("html").getAttribute("lang")).toBe(lang);
    expect((await page.locator("html").getAttribute("dir")) ?? "").toBe(dir);
    await nothingSticksOut(page, `first paint in ${locale}`);
    await page.unroute("**/assets/*.js");
    await page.reload();
    await expect(page.locator("[data-first-paint]")).toHaveCount(0);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
    expect(await page.evaluate(() => [...(window as unknown as { seen: Set<string> }).seen])).toEqual([
      heading,
    ]);
    await context.close();
  });

test("a language that was chosen is that of the next first paint, whatever the browser prefers", async ({
  browser,
}) => {
  const context = await browser.newContext({ locale: "en-GB" });
  const page = await context.newPage();
  await page.goto("/login");
  await page.getByRole("contentinfo").getByRole("combobox").selectOption("de");
  await expect(page.getByRole("heading", { name: "Anmelden" })).toBeVisible();
  await page.route("**/assets/*.js", (route) => route.abort());
  await page.goto("/");
  await expect(page.locator("[data-first-paint]")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^Sprechen Sie/);
  const cookies = await context.cookies();
  expect(cookies.map(({ name, value }) => `${name}=${value}`)).toEqual(["language=de"]);
  await context.close();
});

test("in the United States the month comes first and the clock has twelve hours", async ({ open }) => {
  const page = await open(undefined, { locale: "en-US", at: `/experts/${all.consultant.id}` });
  await expect(page.getByRole("button", { name: /\d{1,2}:\d{2}\s[AP]M/ }).first()).toBeVisible();
  await expect(page.getByRole("columnheader").first()).toHaveText("Su");
});

for (const locale of ["en-US", "ar-EG"])
  test(`with a clock of twelve hours (${locale}) the calendar’s hours stand on one line each, beside its days`, async ({
    open,
  }) => {
    const page = await open(all.consultant, { locale, at: "/availability" });
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 800 });
      const hours = page.locator("[class*=_hours_] > span");
      await expect(hours).toHaveCount(23);
      const sizes = await hours.evaluateAll((all) =>
        (all as HTMLElement[]).map((one) => ({
          lines: Math.round(one.offsetHeight / parseFloat(getComputedStyle(one).lineHeight)),
          room: (one.parentElement?.clientWidth ?? 0) - one.offsetLeft - one.offsetWidth,
          before: one.offsetLeft,
        })),
      );
      for (const { lines, room, before } of sizes) {
        expect(lines).toBe(1);
        expect(Math.min(room, before)).toBeGreaterThanOrEqual(0);
      }
    }
  });
