/** Weekly hours, why a time is not offered, another time, and waiting for one: two people in their own browsers. */
import type { Page } from "@playwright/test";
import { SOON, expect, test } from "./browser";
import { Person, pair, until } from "./stack";

/** Hours from nine to five in Prague, every day. */
const HOURS = {
  time_zone: "Europe/Prague",
  weekly: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, start: "09:00", end: "17:00" })),
  slot_minutes: 60,
  horizon_days: 30,
};

/** The time that is picked for a booking: the first of the day that is shown. */
const firstTime = (page: Page) =>
  page
    .getByRole("dialog")
    .getByRole("button", { name: /^\d\d:\d\d/ })
    .first();

test("another time is proposed, declined, proposed again and accepted, live on both sides", async ({
  open,
}) => {
  const { seeker, consultant } = await pair("Tilda", "Tobias");
  await consultant.call("PUT", "/consultants/me/availability/rules", HOURS);
  const free = await seeker.call<{ items: { id: string }[] }>(
    "GET",
    `/consultants/${consultant.id}/availability`,
  );
  const booking = await seeker.request(consultant, free.items.at(-1)?.id ?? "");
  await consultant.accept(booking);
  const mine = await open(seeker, { at: `/booking/${booking}` });
  const theirs = await open(consultant, { at: `/booking/${booking}` });
  const when = mine.getByRole("definition").first();
  const before = await when.innerText();

  await test.step("the seeker proposes; the consultant sees both times and the message, and keeps the old one", async () => {
    await mine.getByRole("button", { name: "Propose another time" }).click();
    await firstTime(mine).click();
    await mine.getByLabel("Message", { exact: true }).fill("My train <b>is late</b>");
    await mine.getByRole("button", { name: "Send proposal" }).click();
    await expect(mine.getByRole("region", { name: "You proposed another time" })).toBeVisible();
    const proposal = theirs.getByRole("region", { name: "Tilda proposes another time" });
    await expect(proposal).toContainText("My train <b>is late</b>", SOON);
    await expect(proposal).toContainText(/You can answer until .*Without an answer, the current time stays/);
    await proposal.getByRole("button", { name: "Keep current time" }).click();
    await expect(mine.getByRole("region", { name: "You proposed another time" })).toBeHidden(SOON);
    await expect(mine.getByText("The new time was declined").first()).toBeVisible(SOON);
    await expect(when).toHaveText(before, { useInnerText: true });
  });

  await test.step("the consultant proposes, withdraws, and proposes again", async () => {
    for (const round of ["withdrawn", "open"]) {
      await theirs.getByRole("button", { name: "Propose another time" }).click();
      await firstTime(theirs).click();
      await theirs.getByRole("button", { name: "Send proposal" }).click();
      await expect(mine.getByRole("region", { name: "Tobias proposes another time" })).toBeVisible(SOON);
      if (round === "open") break;
      await theirs.getByRole("button", { name: "Withdraw proposal" }).click();
      await expect(mine.getByRole("region", { name: "Tobias proposes another time" })).toBeHidden(SOON);
    }
  });

  await test.step("the dashboard says who has to answer; accepted, both see the new time", async () => {
    await mine.goto("/dashboard");
    await expect(mine.getByText(/Tobias proposes .* Please answer\./)).toBeVisible();
    await mine.getByRole("link", { name: "Tobias Example" }).click();
    await mine.getByRole("button", { name: "Accept new time" }).click();
    await expect(mine.getByText("Moved to another time").first()).toBeVisible(SOON);
    await expect(theirs.getByText("Moved to another time").first()).toBeVisible(SOON);
    await expect(theirs.getByRole("definition").first()).not.toHaveText(before, { useInnerText: true });
    expect((await seeker.booking(booking)).status).toBe("confirmed");
  });
});

test("weekly hours are drawn, typed and copied; wrong ones are told at their field; seekers see what is saved", async ({
  open,
}) => {
  const consultant = await Person.register("consultant", "Hanna");
  await consultant.publish();
  const page = await open(consultant, { at: "/availability/hours" });
  const day = (name: string) => page.getByRole("listitem", { name, exact: true });

  await test.step("drawn by mouse, moved by keyboard", async () => {
    const saturday = day("Saturday");
    const track = saturday.locator("div[class*=_track_]");
    await track.evaluate((line) => line.scrollIntoView({ block: "center" }));
    const box = await track.boundingBox();
    if (!box) throw new Error("there is no line to draw on");
    const at = (hour: number) => box.x + (box.width * hour) / 24;
    await page.mouse.move(at(10), box.y + 17);
    await page.mouse.down();
    await page.mouse.move(at(11), box.y + 17, { steps: 3 });
    await page.mouse.move(at(14), box.y + 17, { steps: 3 });
    await page.mouse.up();
    await expect(saturday.getByLabel("Saturday, time range 1, from")).toHaveValue("10:00");
    await expect(saturday.getByLabel("Saturday, time range 1, until")).toHaveValue("14:00");
    await saturday.getByRole("button", { name: /Arrow keys move it/ }).focus();
    await page.keyboard.press("Shift+ArrowRight");
    await expect(saturday.getByLabel("Saturday, time range 1, until")).toHaveValue("14:15");
  });

  await test.step("wrong hours are told at their field", async () => {
    await day("Monday").getByLabel("Monday, time range 2, from").fill("11:00");
    await page.getByRole("button", { name: "Save hours" }).click();
    await expect(day("Monday").getByText("This overlaps 09:00–12:00.")).toBeVisible();
    await expect(day("Monday").getByLabel("Monday, time range 2, from")).toBeFocused();
    await day("Monday").getByLabel("Monday, time range 2, from").fill("14:00");
    await expect(day("Monday").getByText(/This overlaps/)).toBeHidden();
  });

  await test.step("copied to Sunday, saved, and seen in another zone", async () => {
    await day("Monday").getByRole("button", { name: "Copy Monday to other days" }).click();
    const copy = page.getByRole("dialog", { name: "Copy Monday to other days" });
    await copy.getByRole("checkbox", { name: "Sunday" }).check();
    await copy.getByRole("button", { name: "Copy", exact: true }).click();
    await page.getByLabel("Minimum notice").selectOption({ label: "None" });
    await page.getByRole("button", { name: "Save hours" }).click();
    await expect(page.getByText("Your hours are saved.")).toBeVisible();
    await expect(page.getByText(/\d+ times are open for booking/)).toBeVisible();
    await page.reload();
    await expect(day("Sunday").getByLabel("Sunday, time range 2, from")).toHaveValue("14:00");
    const preview = page.getByRole("region", { name: "What seekers see" });
    await expect(preview.getByText(/^\d\d:00/).first()).toBeVisible();
    await preview.getByRole("combobox", { name: "Time zone" }).fill("Kolk");
    await page.getByRole("option", { name: /Kolkata/ }).click();
    await expect(preview.getByRole("heading", { level: 3 })).toContainText("GMT+5:30");
    await expect(preview.getByText(/^\d\d:30/).first()).toBeVisible();
  });
});

test("who waits for a time is told when one opens, and the notification leads to booking it", async ({
  open,
}) => {
  const { seeker, consultant } = await pair("Wanda", "Walter");
  const page = await open(seeker, { at: `/experts/${consultant.id}` });
  await page.getByRole("button", { name: "Get notified when one opens" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Notify me" }).click();
  await expect(page.getByText(/We’ll notify you when Walter has a time between/)).toBeVisible();
  await page.reload();
  await expect(page.getByRole("button", { name: "Leave waitlist" })).toBeVisible();

  await consultant.offer(60 * 24 * 3);
  await until("the seeker is told", async () => {
    const list = await seeker.call<{ items: { type: string }[] }>("GET", "/notifications");
    return list.items.some((one) => /waitlist/.test(one.type));
  });
  await page.goto("/dashboard");
  await page.getByRole("button", { name: /Notifications, \d+ unread/ }).click();
  await page
    .getByRole("link", { name: /Walter/ })
    .first()
    .click();
  await page
    .getByRole("button", { name: /€120\.00/ })
    .first()
    .click();
  await page.getByRole("dialog").getByRole("button", { name: "Request booking" }).click();
  await expect(page).toHaveURL(/\/booking\//);
  await page.goto(`/experts/${consultant.id}`);
  await expect(page.getByRole("button", { name: "Get notified when one opens" })).toBeVisible();
});
