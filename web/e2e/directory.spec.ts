import { expect, test } from "./browser";
import { Person, until } from "./stack";

const word = `zephyr${Date.now().toString(36)}`;

test.beforeAll(async () => {
  const cheap = await Person.register("consultant", "Wilma", "Sparrow");
  await cheap.publish({ headline: `Cheap ${word} advice`, hourly_rate: 4000, languages: ["cs"] });
  const dear = await Person.register("consultant", "Xaver", "Falcon");
  await dear.publish({ headline: `Dear ${word} advice`, hourly_rate: 40000, expertise_tags: ["falconry"] });
  await dear.offer(60);
});

test("a search is found as one types, lives in the address, and comes back with it", async ({ page }) => {
  await page.goto("/");
  await page.getByLabel("Search experts").fill(word);
  await expect(page.getByRole("article")).toHaveCount(2);
  await expect(page).toHaveURL(new RegExp(`q=${word}`));
  await page.getByLabel("Maximum hourly rate").fill("100");
  await expect(page.getByRole("article")).toHaveCount(1);
  await expect(page.getByRole("link", { name: "Wilma Sparrow" })).toBeVisible();
  await page.getByRole("link", { name: "Wilma Sparrow" }).click();
  await expect(page.getByRole("heading", { name: "Wilma Sparrow" })).toBeVisible();
  // The browser learns of the new address a moment after the page shows it; going back sooner would leave the app.
  await expect(page).not.toHaveURL(/q=/);
  await page.goBack();
  await expect(page.getByLabel("Search experts")).toHaveValue(word);
  await expect(page.getByRole("article")).toHaveCount(1);
  await page.reload();
  await expect(page.getByRole("article")).toHaveCount(1);
});

test("filters and sorting narrow and order the list; nothing found says what to do", async ({ page }) => {
  await page.goto(`/find?q=${word}`);
  await expect(page.getByRole("article")).toHaveCount(2);
  await page.getByLabel("Sort by").selectOption("Lowest rate");
  await expect(page.getByRole("article").first()).toContainText("Wilma");
  await page.getByRole("textbox", { name: "Expertise" }).fill("falconry");
  await expect(page.getByRole("article")).toHaveCount(1);
  await expect(page.getByRole("article")).toContainText("Xaver");
  await page.getByLabel("Available", { exact: true }).selectOption("In the next 2 hours");
  await expect(page.getByRole("article")).toHaveCount(1);
  await page.getByRole("main").getByLabel("Language").selectOption("Japanese");
  await expect(page.getByText("No experts match")).toBeVisible();
  await page.getByRole("button", { name: "Show all experts" }).click();
  await expect(page.getByLabel("Search experts")).toHaveValue("");
  await expect(page.getByRole("article").first()).toBeVisible();
});

test("a search that fails says so, and can be tried again", async ({ page }) => {
  let down = true;
  await page.route("**/consultants?*", (route) =>
    down
      ? route.fulfill({
          status: 503,
          contentType: "application/problem+json",
          body: '{"code":"service_unavailable"}',
        })
      : route.fallback(),
  );
  await page.goto("/find"); // its first page came with the document
  await page.getByLabel("Search experts").fill("performance");
  await expect(page.getByRole("main").getByRole("alert")).toContainText("temporarily unavailable");
  down = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("article").first()).toBeVisible();
});

test("what people write is shown as text, wherever it appears", async ({ page }) => {
  const script = "<script>document.title='pwned'</script><img src=x onerror=\"document.title='pwned'\">";
  const nasty = await Person.register("consultant", "<b>Bobby", "O’Tables</b>");
  await nasty.publish({ headline: `${word} ${script}`, bio: script, expertise_tags: ["<i>tag</i>"] });
  await page.goto(`/find?q=${word}`);
  await expect(page.getByRole("article").filter({ hasText: "<script>" })).toBeVisible();
  await page.goto(`/experts/${nasty.id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("<b>Bobby O’Tables</b>");
  await expect(page.getByText(script).first()).toBeVisible();
  await expect(page).not.toHaveTitle(/pwned/);
});

test("free times are shown in the viewer’s own zone, which is named", async ({ browser }) => {
  const expert = await Person.register("consultant", "Zora", "Zone");
  await expert.publish();
  const day = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
  await expert.call("POST", "/consultants/me/availability", {
    slots: [{ start_time: `${day}T12:00:00Z`, end_time: `${day}T13:00:00Z` }],
  });
  // The page begins in the month of the first free time, as the directory knows it.
  await until("the directory knows when there is time", async () => {
    const profile = await expert.call("GET", `/consultants/${expert.id}/profile`);
    return profile["next_available_at"] !== null;
  });
  for (const [zone, shown, name] of [
    ["Asia/Kathmandu", "17:45", "Kathmandu"],
    ["America/Los_Angeles", "04:00|05:00", "Los Angeles"],
  ] as const) {
    const context = await browser.newContext({ timezoneId: zone });
    const page = await context.newPage();
    await page.goto(`/experts/${expert.id}`);
    await expect(page.getByRole("button", { name: new RegExp(`^(${shown}).*${name}`) })).toBeVisible();
    await expect(page.getByRole("combobox", { name: "Time zone" })).toHaveValue(new RegExp(name));
    await context.close();
  }
});

test("a long biography is folded: the free times stay near, and the rest is read when asked for", async ({
  page,
}) => {
  const expert = await Person.register("consultant", "Lothar", "Long");
  await expert.publish({ bio: "Twenty years of it, and every one of them was worth it. ".repeat(80).trim() });
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(`/experts/${expert.id}`);
    const more = page.getByRole("button", { name: "Read more about Lothar" });
    await expect(more).toBeVisible();
    const times = page.getByRole("heading", { name: "Available times" });
    // Within the first screen and half of the next, where the whole biography takes thousands of pixels.
    const top = async () => (await times.boundingBox())?.y ?? 0;
    expect(await top()).toBeLessThan(1200);
    await more.click();
    await expect(page.getByRole("button", { name: "Show less about Lothar" })).toBeVisible();
  }
});

test("an address that leads nowhere says so", async ({ page }) => {
  await page.goto("/experts/0190a000-0000-7000-8000-000000000000");
  await expect(page.getByRole("heading", { name: "Expert not found" })).toBeVisible();
  await page.goto("/nowhere/at/all");
  await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
});
