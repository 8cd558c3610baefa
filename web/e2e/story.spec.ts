import { expectMediaBothWays, expectSameTime, join, prepare } from "./call";
import { SOON, expect, fillCard, state, test } from "./browser";
import { PASSWORD, Person, freeSeconds, pair, until } from "./stack";

test("two people find each other, meet, pay and rate, each in their own browser", async ({ open }) => {
  const consultant = await Person.register("consultant", "Clara", "Novak");
  await consultant.publish({ headline: "Clara’s advice on gardens", expertise_tags: ["gardens"] });
  await consultant.onboard();
  await consultant.offer(10);

  const theirs = await prepare(await open(consultant, { at: "about:blank" }));
  const mine = await prepare(await open());
  await theirs.goto("/dashboard");

  await test.step("the seeker registers, and comes back to where they were", async () => {
    await mine.goto(`/experts/${consultant.id}`);
    await mine.getByRole("button", { name: /€120\.00/ }).click();
    await expect(mine.getByRole("dialog", { name: "Request booking" })).toContainText("€120.00");
    await mine.getByRole("dialog").getByRole("link", { name: "Sign up to book" }).click();
    await mine.getByLabel("First name").fill("Sven");
    await mine.getByLabel("Last name").fill("Svensson");
    await mine.getByLabel("E-mail").fill(`sven.${Date.now()}@example.org`);
    await mine.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await mine.getByLabel("Password again").fill(PASSWORD);
    await mine.getByRole("button", { name: "Create account" }).click();
    await expect(mine.getByRole("dialog", { name: "Request booking" })).toContainText("Add a card to book");
  });

  await test.step("adds a card first, then asks", async () => {
    await fillCard(mine);
    await mine.getByLabel("What would you like to talk about?").fill("My roses <b>look sad</b>");
    await mine.getByRole("button", { name: "Request booking" }).click();
    await expect(mine).toHaveURL(/\/booking\//);
    await expect(state(mine, "Requested")).toBeVisible();
  });

  await test.step("the consultant sees the request without a reload, and accepts", async () => {
    await expect(theirs.getByText("My roses <b>look sad</b>")).toBeVisible(SOON);
    await theirs.getByRole("button", { name: "Accept" }).click();
    await expect(theirs.getByRole("region", { name: "Upcoming" })).toContainText("Confirmed");
    await expect(state(mine, "Confirmed")).toBeVisible();
  });

  await test.step("both meet; the countdown is the same, and survives a reload", async () => {
    await mine.getByRole("link", { name: "Open the session" }).click();
    await theirs.getByRole("link", { name: "Open the session" }).click();
    await Promise.all([mine, theirs].map(join));
    await expectMediaBothWays(mine, theirs);
    await theirs.getByRole("button", { name: "Start session" }).click();
    await expect(theirs.getByText("free time left")).toBeVisible();
    await expect(mine.getByRole("timer")).toBeVisible(SOON);
    // Neither counts from when it looked: both from the actual start.
    await expectSameTime(mine, theirs);
    await mine.reload();
    await expect(mine.getByRole("timer")).toBeVisible();
    await join(mine);
    await expectMediaBothWays(mine, theirs);
    await expectSameTime(mine, theirs);
  });

  await test.step("after the free period it will be charged, which End says first", async () => {
    await expect(mine.getByText("running time")).toBeVisible({
      timeout: (await freeSeconds()) * 1000 + 30_000,
    });
    await expect(mine.getByText(/€120\.00 will be charged to your card/)).toBeVisible();
    await mine.getByRole("button", { name: "End session" }).click();
    await expect(mine.getByRole("dialog")).toContainText("€120.00 will be charged");
    await mine.getByRole("button", { name: "End now" }).click();
    await expect(mine.getByText("The session is over", { exact: true })).toBeVisible();
    await expect(theirs.getByText("The session is over", { exact: true })).toBeVisible(SOON);
    await expect(theirs.getByText("Both of you, during the session")).toBeVisible();
  });

  await test.step("the seeker rates by keyboard, and the rating is on the expert’s page", async () => {
    await mine.getByRole("radio", { name: /1 of 5/ }).focus();
    for (let times = 0; times < 3; times++) await mine.keyboard.press("ArrowRight");
    await expect(mine.getByRole("radio", { name: /4 of 5/ })).toBeChecked();
    await mine.getByLabel("Your comment").fill("The roses <script>alert(1)</script> are well");
    await mine.getByRole("button", { name: "Send rating" }).click();
    await expect(mine.getByText(/Others can now see your rating/)).toBeVisible();
    await expect(async () => {
      await mine.goto(`/experts/${consultant.id}`);
      await expect(mine.getByText("The roses <script>alert(1)</script> are well")).toBeVisible({
        timeout: 5_000,
      });
      await expect(mine.getByText("4.00").first()).toBeVisible({ timeout: 5_000 });
    }).toPass();
  });

  await test.step("both see the money", async () => {
    await mine.goto("/history");
    await expect(mine.getByRole("row", { name: /Clara Novak/ })).toContainText("€120.00");
    await expect(mine.getByRole("row", { name: /Clara Novak/ })).toContainText("Paid");
    await expect(mine.getByRole("figure")).toContainText("Spent by month");
    await until("the share is sent", async () => {
      const { items } = await consultant.call<{ items: { status: string }[] }>("GET", "/payments/payouts");
      return items[0]?.status === "paid";
    });
    await theirs.goto("/payouts");
    const row = theirs.getByRole("row", { name: /Sven Svensson/ });
    await expect(row).toContainText("€120.00");
    await expect(row).toContainText("€18.00");
    await expect(row).toContainText("€102.00");
    await expect(theirs.getByRole("figure")).toContainText("Earned by month");
  });

  await test.step("the timeline tells it all", async () => {
    await mine.goto("/dashboard");
    await mine.getByRole("link", { name: "Clara Novak" }).click();
    const timeline = mine.getByRole("region", { name: "Timeline" });
    for (const line of [
      "Booking requested",
      "Request accepted",
      "Session started",
      "Session ended",
      "Card charged",
    ])
      await expect(timeline).toContainText(line);
  });
});

test("a session that ends within the free period costs nothing", async ({ open }) => {
  const { seeker, consultant } = await pair();
  const id = await seeker.request(consultant, await consultant.offer(10));
  await consultant.accept(id);
  const page = await open(seeker, { at: `/session/${id}` });
  await page.getByRole("button", { name: "Start session" }).click();
  await page.getByRole("button", { name: "End session" }).click();
  await expect(page.getByRole("dialog")).toContainText("nothing will be charged");
  await page.getByRole("button", { name: "End now" }).click();
  await expect(page.getByText("Nothing was charged", { exact: false })).toBeVisible();
});
