import { expect, test } from "./browser";

test.use({ serviceWorkers: "allow" });

test("the app can be installed, and without a network a page says so until it is back", async ({
  page,
  context,
}) => {
  await page.goto("/login");
  const manifest = await page.request.get("/manifest.webmanifest");
  expect(await manifest.json()).toMatchObject({ display: "standalone", start_url: "/" });
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  const kept = await page.evaluate(async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().map((request) => new URL(request.url).pathname);
  });
  expect(kept.filter((path) => !/^\/(assets\/|offline\.|favicon)/.test(path))).toEqual([]);

  await context.setOffline(true);
  await page.goto("/register");
  await expect(page.getByRole("heading", { name: "You’re offline" })).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByRole("heading", { name: "Create your account" })).toBeVisible();
});
