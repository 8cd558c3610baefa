import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, test } from "./browser";
import { holdPaidSession } from "./sessions";
import { BASE_URL, Person } from "./stack";

let seeker: Person;
let consultant: Person;
let met: string;

/** Two people whose session is over, paid and rated. */
test.beforeAll(async () => {
  seeker = await Person.register("seeker", "Rhea", "Lind");
  consultant = await Person.register("consultant", "Rolf", "Stein");
  await consultant.publish({ headline: "Knows how old clocks are mended" });
  await consultant.onboard();
  await seeker.saveCard();
  met = await seeker.request(consultant, await consultant.offer(10));
  await consultant.accept(met);
  await holdPaidSession(seeker, met);
  await seeker.call("POST", `/bookings/${met}/rating`, { score: 5, comment: "It ticks again." });
});

test("an expert is kept among the favourites, found there after a reload, and let go", async ({ open }) => {
  const page = await open(seeker, { at: `/experts/${consultant.id}` });
  const heart = page.getByRole("button", { name: "Keep Rolf Stein in your favourites" });
  await expect(heart).toHaveAttribute("aria-pressed", "false");
  await heart.click();
  await expect(heart).toHaveAttribute("aria-pressed", "true");
  await page.goto("/favourites");
  await expect(page.getByRole("article").getByRole("link", { name: "Rolf Stein" })).toBeVisible();
  await expect(heart).toHaveAttribute("aria-pressed", "true");
  await heart.click();
  await expect(page.getByText("No favourites yet")).toBeVisible();
  await page.reload();
  await expect(page.getByText("No favourites yet")).toBeVisible();
});

test("from a session that is over the same expert is booked again", async ({ open }) => {
  await consultant.offer(60 * 30);
  const page = await open(seeker, { at: `/booking/${met}` });
  await page.getByRole("link", { name: "Book again" }).click();
  await expect(page).toHaveURL(/\/experts\/rolf-stein-/);
  await page
    .getByRole("button", { name: /€120\.00/ })
    .first()
    .click();
  await page.getByRole("dialog").getByRole("button", { name: "Request booking" }).click();
  await expect(page).toHaveURL(/\/booking\/(?!.*\?)/);
  await expect(page.getByRole("main")).toContainText("Rolf Stein");
  expect(page.url()).not.toContain(met);
});

test("the consultant replies to a rating once, and everybody reads it on the page", async ({ open }) => {
  const page = await open(consultant, { at: `/booking/${met}` });
  await page.getByLabel("Your reply").fill("A pleasure <b>as always</b>.");
  await page.getByRole("button", { name: "Publish reply" }).click();
  await expect(page.getByText("A pleasure <b>as always</b>.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Publish reply" })).toHaveCount(0);
  await page.reload();
  await expect(page.getByText("A pleasure <b>as always</b>.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Publish reply" })).toHaveCount(0);
  const visitor = await open(undefined, { at: "about:blank" });
  await expect(async () => {
    await visitor.goto(`/experts/${consultant.id}`);
    await expect(visitor.getByText("A pleasure <b>as always</b>.")).toBeVisible({ timeout: 5_000 });
  }).toPass();
});

test("receipt and statement are pages that print without the app around them, and files", async ({
  open,
}) => {
  const year = new Date().getUTCFullYear();
  const page = await open(seeker, { at: "/history" });
  await page.getByRole("link", { name: /^Receipt for .*, Rolf Stein$/ }).click();
  await expect(page.getByRole("heading", { name: "Receipt 000001" })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("€120.00");
  const saves = async (name: string, file: string, begins: string) => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name }).click(),
    ]);
    expect(download.suggestedFilename().replace(/\d{4}-\d\d-\d\d/, "DAY")).toBe(file);
    expect(readFileSync(await download.path(), "latin1")).toMatch(RegExp(`^${begins}`));
  };
  const printsAlone = async () => {
    await page.emulateMedia({ media: "print" });
    await expect(page.getByRole("main")).toContainText("€120.00");
    await expect(page.getByRole("banner")).toBeHidden();
    await expect(page.getByRole("contentinfo")).toBeHidden();
    await expect(page.getByRole("button", { name: "Download PDF" })).toBeHidden();
    await page.emulateMedia({ media: "screen" });
  };
  await saves("Download PDF", "receipt-DAY-000001.pdf", "%PDF-");
  await printsAlone();
  await page.goto("/history");
  await saves("CSV", `statement-${year}.csv`, "ï»¿date,receipt_number,");
  await page.getByRole("link", { name: `Statement ${year}` }).click();
  await expect(page.getByRole("row", { name: /Rolf Stein/ })).toContainText("€120.00");
  await saves("Download PDF", `statement-${year}.pdf`, "%PDF-");
  await printsAlone();
});

test("a photo is chosen, cropped and shown; what is no picture is refused in words", async ({ open }) => {
  const page = await open(consultant, { at: "/profile" });
  const photo = page.getByRole("region", { name: "Photo" });
  const choose = async (name: string, buffer: Buffer) => {
    await photo.locator("input[type=file]").setInputFiles({ name, mimeType: "image/png", buffer });
  };
  for (const hostile of [
    "MZ\x90\0 this program cannot be run",
    '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
  ]) {
    await choose("me.png", Buffer.from(hostile, "latin1"));
    await expect(photo.getByText("This picture can’t be read. Please choose another one.")).toBeVisible();
  }
  // A picture of the page itself, as a browser encodes it.
  await choose("me.png", await page.screenshot());
  const dialog = page.getByRole("dialog", { name: "Crop your photo" });
  await expect(dialog.getByText("Zoom")).toBeVisible();
  await dialog.getByRole("button", { name: "Save photo" }).click();
  await expect(page.getByText("Your photo is saved.")).toBeVisible();
  const shown = page.getByRole("main").locator('img[src^="/photos/"]').first();
  await expect(shown).toBeVisible();
  await expect.poll(() => shown.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  const address = (await shown.getAttribute("src")) ?? "";
  const answer = await fetch(BASE_URL + address);
  expect(answer.headers.get("Content-Type")).toBe("image/webp");
  expect(answer.headers.get("Cache-Control")).toContain("max-age=31536000");
  await photo.getByRole("button", { name: "Remove photo" }).click();
  await expect(page.getByText("Your photo is removed.")).toBeVisible();
  await expect(page.getByRole("main").locator('img[src^="/photos/"]')).toHaveCount(0);
});

/** What is in `noscript` is no text to Playwright's own locators. */
async function reads(page: Page, text: string): Promise<void> {
  await expect(page.locator("body")).toContainText(text, { useInnerText: true });
}

const WITHOUT_JAVASCRIPT = [
  {
    locale: "en-GB",
    perHour: "per hour",
    replied: "Rolf replied: A pleasure <b>as always</b>.",
    booking: "Booking a session needs JavaScript.",
    page: "This page needs JavaScript.",
  },
  {
    locale: "ar-EG",
    perHour: "/ ساعة",
    replied: "ردّ Rolf: A pleasure <b>as always</b>.",
    booking: "حجز الجلسات يحتاج إلى JavaScript.",
    page: "هذه الصفحة تحتاج إلى JavaScript.",
  },
];

for (const { locale, perHour, replied, booking, page: needed } of WITHOUT_JAVASCRIPT) {
  test(`without JavaScript experts are found and read, at a glance and in full (${locale})`, async ({
    browser,
  }) => {
    const context = await browser.newContext({ baseURL: BASE_URL, javaScriptEnabled: false, locale });
    const page = await context.newPage();
    await page.goto("/");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    const cards = page.getByRole("article");
    await expect(cards.first()).toBeVisible();
    await expect(cards.first()).toContainText(perHour);
    await page.goto(`/experts/${consultant.id}`);
    await expect(page).toHaveURL(/\/experts\/rolf-stein-/);
    await expect(page.getByRole("heading", { name: "Rolf Stein", level: 1 })).toBeVisible();
    await expect(page.getByText("Knows how old clocks are mended")).toBeVisible();
    await expect(page.getByText("Twenty years of waiting for queries")).toBeVisible();
    await expect(page.getByText("It ticks again.")).toBeVisible();
    await expect(page.getByText(replied)).toBeVisible();
    await reads(page, booking);
    await page.goto("/login");
    await reads(page, needed);
    await page.goto("/terms");
    await expect(page.getByText("This is a template.")).toBeVisible();
    await context.close();
  });
}

test("a robot that takes anything gets title, picture and code of each page", async () => {
  const asked = (path: string, redirect: RequestRedirect = "follow") =>
    fetch(BASE_URL + path, { redirect, headers: { Accept: "*/*", "User-Agent": "Twitterbot/1.0" } });
  const old = await asked(`/experts/${consultant.id}`, "manual");
  expect(old.status).toBe(301);
  const page = await (await asked(`/experts/${consultant.id}`)).text();
  expect(page).toContain("<title>Rolf Stein: Knows how old clocks are mended");
  const picture = /property="og:image" content="([^"]+)"/.exec(page)?.[1] ?? "";
  expect(new URL(picture).pathname).toMatch(/^\/experts\/rolf-stein-\w{22}\/share\.png$/);
  for (const path of [new URL(picture).pathname, "/share.png"]) {
    const drawn = await asked(path);
    expect([drawn.status, drawn.headers.get("Content-Type")]).toEqual([200, "image/png"]);
  }
  expect((await asked("/experts/nobody-1111111111111111111111")).status).toBe(404);
  expect((await asked("/assets/none.js")).status).toBe(404);
  const map = await (await asked("/sitemap.xml")).text();
  expect(map).toContain(new URL(picture).pathname.replace("/share.png", "</loc><lastmod>"));
  expect(await (await asked("/robots.txt")).text()).toContain("/sitemap.xml");
});
