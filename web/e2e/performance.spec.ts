/** Measured among other stories on the same machine, so each limit is for the best of several tries. */
import { expect, state, test } from "./browser";
import { BASE_URL, pair } from "./stack";

const TRIES = 8;

test("the directory paints within a second and needs at most 200 kB of JavaScript", async ({ browser }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  const scripts = new Set<string>();
  session.on("Network.responseReceived", ({ requestId, type }) => {
    if (type === "Script") scripts.add(requestId);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  const paints: number[] = [];
  const shifts: number[] = [];
  while (paints.length < TRIES && Math.min(...paints) >= 1000) {
    await session.send("Network.clearBrowserCache");
    bytes = 0;
    await page.goto("/");
    await expect(page.getByRole("article").first()).toBeVisible();
    paints.push(
      await page.evaluate(
        () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Infinity,
      ),
    );
    shifts.push(
      await page.evaluate(
        () =>
          new Promise<number>((done) => {
            let sum = 0;
            new PerformanceObserver((list) => {
              for (const entry of list.getEntries()) sum += (entry as unknown as { value: number }).value;
            }).observe({ type: "layout-shift", buffered: true });
            setTimeout(() => done(sum), 300);
          }),
      ),
    );
  }
  console.log(
    `first contentful paint ${paints.map(Math.round).join(", ")} ms; layout shift ${shifts.map((one) => one.toFixed(3)).join(", ")}; ${bytes} bytes of scripts`,
  );
  expect(Math.min(...paints)).toBeLessThan(1000);
  expect(Math.max(...shifts)).toBeLessThan(0.1);
  expect(bytes).toBeLessThan(200_000);
  await context.close();
});

test("the first cards are in the page itself, with their look, their name and their colours", async ({
  browser,
}) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  // Nothing but the page and what its head names before the app: no script, no style sheet, no answer of the API.
  const refused: string[] = [];
  await page.route("**/*", async (route) => {
    const { pathname } = new URL(route.request().url());
    const first = route.request().isNavigationRequest() || pathname === "/theme.js";
    if (!first) refused.push(pathname);
    await (first ? route.continue() : route.abort());
  });
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto("/");
  const card = page.getByRole("article").first();
  await expect(card).toBeVisible();
  await expect(card.getByRole("heading", { level: 2 }).getByRole("link")).toBeVisible();
  await expect(card).toHaveCSS("border-top-left-radius", "14px");
  await expect(card).toHaveCSS("background-color", "rgb(255, 255, 255)");
  await expect(page.getByRole("banner").getByText("Consultant Connect")).toBeVisible();
  expect(refused.some((path) => path.startsWith("/assets/") && path.endsWith(".js"))).toBe(true);
  expect(refused.filter((path) => path.endsWith(".css"))).toEqual([]);
  console.log(`${bytes} bytes before the first cards`);
  expect(bytes).toBeLessThan(40_000);
  await context.close();
});

test("who has filtered the list sees no page that changes under their eyes", async ({ browser }) => {
  const painted = async (path: string): Promise<boolean> => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.route("**/assets/*.js", (route) => route.abort());
    await page.goto(path);
    await expect(page.locator("[data-first-paint]")).toBeAttached();
    const visible = await page.locator("[data-first-paint]").isVisible();
    await context.close();
    return visible;
  };
  expect(await painted("/")).toBe(true);
  expect(await painted("/find")).toBe(true);
  expect(await painted("/find?q=python")).toBe(false);
});

test("an expert's page stays where it is when the app takes over", async ({ browser }) => {
  const { consultant } = await pair("Sten", "Stella");
  const context = await browser.newContext({ viewport: { width: 412, height: 823 } });
  const page = await context.newPage();
  let release = () => {};
  const held = new Promise<void>((done) => (release = done));
  await page.route("**/assets/*.js", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`/experts/${consultant.id}`, { waitUntil: "commit" });
  const about = page.locator("p.words").first();
  await expect(page.locator("[data-first-paint]")).toBeVisible();
  const painted = await about.boundingBox();
  // What is shown at any moment until the app is there: the profile, and never a placeholder in its stead.
  await page.evaluate(() => {
    const seen = window as unknown as { placeholders: number; shift: number };
    seen.placeholders = seen.shift = 0;
    new MutationObserver(() => {
      if (!document.querySelector("p.words")) seen.placeholders += 1;
    }).observe(document, { childList: true, subtree: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.shift += (entry as unknown as { value: number }).value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  release();
  await expect(page.getByRole("combobox", { name: "Time zone" })).toBeVisible();
  await expect(page.locator("[data-first-paint]")).toHaveCount(0);
  expect(await about.boundingBox()).toEqual(painted);
  const { placeholders, shift } = await page.evaluate(() => {
    const seen = window as unknown as { placeholders: number; shift: number };
    return { placeholders: seen.placeholders, shift: seen.shift };
  });
  expect(placeholders).toBe(0);
  expect(shift).toBeLessThan(0.01);
  await context.close();
});

test("on a slow network the first cards come before the app", async ({ browser }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 400,
    downloadThroughput: 50_000,
    uploadThroughput: 50_000,
  });
  const began = Date.now();
  await page.goto("/", { waitUntil: "commit" });
  await page.getByRole("article").first().waitFor();
  const seen = Date.now() - began;
  const started = await page.getByRole("searchbox", { name: "Search experts" }).isVisible();
  await expect(page.getByRole("searchbox", { name: "Search experts" })).toBeVisible();
  console.log(`400 kbit/s, 400 ms: first cards after ${seen} ms, the app after ${Date.now() - began} ms`);
  expect(started).toBe(false);
  await context.close();
});

test("a dashboard asks for each thing once", async ({ open }) => {
  const { seeker, consultant } = await pair("Duna", "Dunstan");
  // News that came later would rightly make the page ask again.
  const received = await seeker.events();
  await seeker.request(consultant, await consultant.offer(60 * 40));
  await received("booking.requested");
  const page = await open(seeker);
  await expect(page.getByRole("link", { name: consultant.name }).first()).toBeVisible();
  // The second visit is the usual one: this browser knows which news it has heard.
  await page.waitForFunction(() => localStorage.getItem("cc.last-event") !== null);
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    if (request.resourceType() === "fetch") asked.push(`${request.method()} ${pathname}${search}`);
  });
  const listening = page.waitForResponse((answer) => new URL(answer.url()).pathname === "/events");
  await page.reload();
  await listening;
  await expect(page.getByRole("link", { name: consultant.name }).first()).toBeVisible();
  await page.waitForLoadState("load");
  console.log(`a dashboard asks for ${asked.length} things: ${asked.join(", ")}`);
  expect(asked.filter((one, index) => asked.indexOf(one) !== index)).toEqual([]);
  expect(asked).not.toContain("GET /config");
  await expect(page.getByRole("link", { name: consultant.name }).first()).toBeVisible();
  expect(asked.length).toBeLessThanOrEqual(8);
});

test("what one side does, the other sees within two seconds", async ({ open }) => {
  const { seeker, consultant } = await pair("Quentin", "Quirin");
  const page = await open(seeker);
  const took: number[] = [];
  while (took.length < TRIES && Math.min(...took) >= 2000) {
    const id = await seeker.request(consultant, await consultant.offer(60 * 30 + took.length * 90));
    await page.goto(`/booking/${id}`);
    await expect(state(page, "Requested")).toBeVisible();
    const said = Date.now();
    await consultant.call("POST", `/bookings/${id}/decline`, {});
    await expect(state(page, "Declined")).toBeVisible();
    took.push(Date.now() - said);
  }
  console.log(`a decline was seen after ${took.join(", ")} ms`);
  expect(Math.min(...took)).toBeLessThan(2000);
});

test("the page’s policy allows no inline script and nobody else’s frame", async () => {
  const response = await fetch(BASE_URL, { headers: { Accept: "text/html" } });
  const policy = response.headers.get("Content-Security-Policy") ?? "";
  const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? "";
  expect(scripts).toContain("'self'");
  expect(scripts).not.toContain("unsafe");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(await response.text()).not.toMatch(
    /<script(?![^>]*\b(src=|type="application\/(ld\+)?json"))[^>]*>|<[^>]*\son\w+=/,
  );
});
