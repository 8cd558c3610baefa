import { SOON, expect, state, test } from "./browser";
import { PASSWORD, Person, pair, until } from "./stack";

test("a declined request says why, and the time is free again", async ({ open }) => {
  const { seeker, consultant } = await pair("Dora", "Dieter");
  const slot = await consultant.offer(60 * 30);
  const id = await seeker.request(consultant, slot);
  const mine = await open(seeker, { at: `/booking/${id}` });
  const theirs = await open(consultant);
  await theirs.getByRole("button", { name: "Decline" }).click();
  await theirs.getByLabel("Reason").fill("On holiday that week");
  await theirs.getByRole("button", { name: "Decline request" }).click();
  await expect(theirs.getByRole("region", { name: "Past" })).toContainText("Declined");
  await expect(state(mine, "Declined")).toBeVisible(SOON);
  await expect(mine.getByText("On holiday that week")).toBeVisible();
  await mine.goto(`/experts/${consultant.id}`);
  await expect(mine.getByRole("button", { name: /€120\.00/ })).toBeVisible();
});

test("cancelling says beforehand what it costs: nothing a day ahead, half at short notice", async ({
  open,
}) => {
  const { seeker, consultant } = await pair("Carl", "Carla");
  const early = await seeker.request(consultant, await consultant.offer(60 * 48));
  const late = await seeker.request(consultant, await consultant.offer(60 * 3));
  await consultant.accept(early);
  await consultant.accept(late);
  const page = await open(seeker, { at: `/booking/${early}` });
  await page.getByRole("button", { name: "Cancel booking" }).click();
  await expect(page.getByRole("dialog")).toContainText("This is free");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel booking" }).click();
  await expect(state(page, "Cancelled")).toBeVisible();

  await page.goto(`/booking/${late}`);
  await page.getByRole("button", { name: "Cancel booking" }).click();
  await expect(page.getByRole("dialog")).toContainText("This costs €60.00");
  await page.getByRole("button", { name: "Cancel and pay €60.00" }).click();
  await expect(state(page, "Cancelled")).toBeVisible();
  await expect(page.getByRole("region", { name: "Timeline" })).toContainText("Card charged: €60.00");
});

test("a double click books once", async ({ open }) => {
  const { seeker, consultant } = await pair("Dita", "Don");
  await consultant.offer(60 * 30);
  const page = await open(seeker, { at: `/experts/${consultant.id}` });
  await page.getByRole("button", { name: /€120\.00/ }).click();
  await page.getByRole("button", { name: "Request booking" }).dblclick();
  await expect(page).toHaveURL(/\/booking\//);
  const { items } = await seeker.call<{ items: unknown[] }>("GET", "/bookings/me");
  expect(items).toHaveLength(1);
});

test("a request whose answer was lost is sent again as the same, and books once", async ({ open }) => {
  const { seeker, consultant } = await pair("Lotte", "Lothar");
  await consultant.offer(60 * 30);
  const page = await open(seeker, { at: `/experts/${consultant.id}` });
  await page.getByRole("button", { name: /€120\.00/ }).click();
  const keys: (string | undefined)[] = [];
  await page.route("**/bookings", async (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    keys.push(route.request().headers()["idempotency-key"]);
    if (keys.length > 1) return route.fallback();
    // The server books, but the answer never arrives.
    await route.fetch();
    await route.abort("connectionreset");
  });
  await page.getByRole("button", { name: "Request booking" }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("can’t reach the server");
  await page.getByRole("button", { name: "Request booking" }).click();
  await expect(page).toHaveURL(/\/booking\//);
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size).toBe(1);
  const { items } = await seeker.call<{ items: unknown[] }>("GET", "/bookings/me");
  expect(items).toHaveLength(1);
});

test("a time that somebody else has just taken is said, and others are offered", async ({ open }) => {
  const { seeker, consultant } = await pair("Late", "Lara");
  const slot = await consultant.offer(60 * 30);
  const page = await open(seeker, { at: `/experts/${consultant.id}` });
  await page.getByRole("button", { name: /€120\.00/ }).click();
  await expect(page.getByLabel("What would you like to talk about?")).toBeVisible();
  const other = await Person.register("seeker", "Faster");
  await other.saveCard();
  await other.request(consultant, slot);
  await page.getByRole("button", { name: "Request booking" }).click();
  await expect(page.getByRole("dialog")).toContainText(/just (booked|been taken)/);
});

test("who picks a time as a visitor, logs in and books finds the booking when going back", async ({
  open,
}) => {
  const { seeker, consultant } = await pair("Berta", "Boris");
  await consultant.offer(60 * 30);
  const page = await open(undefined, { at: `/experts/${consultant.id}` });
  await page.getByRole("button", { name: /€120\.00/ }).click();
  await page.getByRole("dialog").getByRole("link", { name: "Log in" }).click();
  await page.getByLabel("E-mail").fill(seeker.email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("main").getByRole("button", { name: "Log in" }).click();
  await page.getByRole("button", { name: "Request booking" }).click();
  await expect(page.getByRole("heading", { name: "Session with Boris Example" })).toBeVisible();
  await page.goBack();
  const dialog = page.getByRole("dialog", { name: "You’ve booked this time" });
  await expect(dialog).toContainText("your booking with Boris");
  await dialog.getByRole("link", { name: "See the booking" }).click();
  await expect(page).toHaveURL(/\/booking\//);
});

test("being offline is said, and recovered from", async ({ open }) => {
  const { seeker, consultant } = await pair("Olaf", "Olga");
  const id = await seeker.request(consultant, await consultant.offer(60 * 30));
  const page = await open(seeker, { at: `/booking/${id}` });
  await expect(state(page, "Requested")).toBeVisible();
  await page.context().setOffline(true);
  await expect(page.getByText("You’re offline")).toBeVisible();
  await consultant.accept(id);
  await expect(state(page, "Requested")).toBeVisible();
  await page.context().setOffline(false);
  await expect(page.getByText("You’re offline")).toBeHidden();
  await expect(state(page, "Confirmed")).toBeVisible();
});

test("the dashboard filters by status, and a booking goes into the calendar", async ({ open }) => {
  const { seeker, consultant } = await pair("Fred", "Frida");
  const confirmed = await seeker.request(consultant, await consultant.offer(60 * 30));
  await consultant.accept(confirmed);
  const cancelled = await seeker.request(consultant, await consultant.offer(60 * 40));
  await seeker.call("POST", `/bookings/${cancelled}/cancel`);
  const page = await open(seeker);
  await expect(page.getByRole("article")).toHaveCount(2);
  await page.getByLabel("Show", { exact: true }).selectOption("Cancelled");
  await expect(page.getByRole("article")).toHaveCount(1);
  await expect(page).toHaveURL(/status=cancelled/);
  await page.getByLabel("Show", { exact: true }).selectOption("All bookings");
  await page.getByRole("region", { name: "Upcoming" }).getByRole("link", { name: "Frida Example" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Add to calendar" }).click();
  const stream = await (await download).createReadStream();
  let text = "";
  for await (const chunk of stream) text += chunk;
  expect(text).toContain("BEGIN:VEVENT");
});

test("a completed session asks to be rated on the dashboard", async ({ open }) => {
  const { seeker, consultant } = await pair("Rita", "Rob");
  const id = await seeker.request(consultant, await consultant.offer(10));
  await consultant.accept(id);
  await seeker.call("POST", `/bookings/${id}/start`);
  await seeker.call("POST", `/bookings/${id}/end`);
  await until("it is over", async () => (await seeker.booking(id)).status === "completed");
  const page = await open(seeker);
  await page.getByRole("link", { name: "Rate the session" }).click();
  await page.getByText("Rate your session with Rob").waitFor();
  await page.getByRole("button", { name: "Send rating" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toContainText("Choose one to five stars");
  await page.getByRole("radio", { name: /5 of 5/ }).check({ force: true });
  await page.getByRole("button", { name: "Send rating" }).click();
  await expect(page.getByRole("img", { name: "5 of 5 stars" })).toBeVisible();
});
