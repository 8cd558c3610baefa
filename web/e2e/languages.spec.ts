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

test("in the United States the month comes first and the clock has twelve hours", async ({ open }) => {
  const page = await open(undefined, { locale: "en-US", at: `/experts/${all.consultant.id}` });
  await expect(page.getByRole("button", { name: /\d{1,2}:\d{2}\s[AP]M/ }).first()).toBeVisible();
  await expect(page.getByRole("columnheader").first()).toHaveText("Su");
});
