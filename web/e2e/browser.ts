/** What people do in the browser, and what must hold on every page. */
import { type Browser, type BrowserContextOptions, type Page, expect, test as base } from "@playwright/test";
import { BASE_URL, PASSWORD, type Person } from "./stack";

type StorageState = Exclude<BrowserContextOptions["storageState"], string | undefined>;
/**
 * `at`: where somebody comes in; `by`: with another browser than the others;
 * `clock`: with a clock that is so many milliseconds ahead.
 */
type Options = BrowserContextOptions & { at?: string; by?: Browser; clock?: number };

/** Fails a test in which a page throws, or logs an error that no answer of the API explains. */
export function watch(page: Page): void {
  page.on("pageerror", (error) => {
    throw error;
  });
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !/Failed to load resource|net::ERR/.test(text))
      throw new Error(`the console says: ${text}`);
  });
}

export const test = base.extend<{
  open: (person?: Person, options?: Options) => Promise<Page>;
}>({
  page: async ({ page }, use) => {
    watch(page);
    await use(page);
  },
  /** A browser of its own for somebody, signed in and on the dashboard (or `at` another page). */
  open: async ({ browser, contextOptions, baseURL }, use) => {
    const opened: { close(): Promise<void> }[] = [];
    await use(async (person, { at, by = browser, clock, ...options } = {}) => {
      const page = await newPage(by, {
        ...contextOptions,
        ...(baseURL ? { baseURL } : {}),
        ...options,
        ...(person ? { storageState: await signedIn(person) } : {}),
      });
      if (clock !== undefined) await page.clock.install({ time: Date.now() + clock });
      opened.push(page.context());
      const first = at ?? (person ? "/dashboard" : undefined);
      if (first) await page.goto(first);
      return page;
    });
    for (const context of opened) await context.close();
  },
});

async function newPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  watch(page);
  return page;
}

/** What a browser keeps of a log-in, without the form: a story logs in by hand only where that is what it tells. */
async function signedIn(person: Person): Promise<StorageState> {
  const session = await person.refreshCookie();
  const { hostname, origin } = new URL(BASE_URL);
  const cookie = {
    domain: hostname,
    path: "/users",
    httpOnly: true,
    secure: true,
    sameSite: "Strict" as const,
  };
  return {
    cookies: [{ ...session, expires: -1, ...cookie }],
    origins: [{ origin, localStorage: [{ name: "cc.signed-in", value: "1" }] }],
  };
}

export async function logIn(page: Page, person: Pick<Person, "email">, at = "/login"): Promise<void> {
  await page.goto(at);
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("main").getByRole("button", { name: "Log in" }).click();
  await expect(page).not.toHaveURL(/\/login/);
}

/** Types a card into Stripe's form (the sandbox's), agrees, saves. */
export async function fillCard(page: Page, number = "4242424242424242"): Promise<void> {
  await page.getByLabel("Card number").fill(number);
  await page.getByLabel("Expiry month").fill("12");
  await page.getByLabel("Expiry year").fill("34");
  await page.getByLabel("Security code").fill("123");
  await page.getByLabel(/I allow Consultant Connect/).check();
  await page.getByRole("button", { name: "Save card" }).click();
}

/** The booking's state as the page shows it. */
export function state(page: Page, word: string) {
  return page.getByRole("main").locator("header").getByText(word, { exact: true });
}

/** What the other side does must show without a reload; how fast, performance.spec.ts measures. */
export const SOON = { timeout: 15_000 };

export { expect };
