/** A device whose clock is wrong: the server's time is the page's time. */
import { expect, test } from "./browser";
import { pair, until } from "./stack";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

for (const [clock, offset] of [
  ["three days ahead", 3 * DAY],
  ["three days behind", -3 * DAY],
  ["fourteen minutes ahead", 14 * MINUTE],
  ["fourteen minutes behind", -14 * MINUTE],
] as const)
  test(`with a clock that is ${clock}, a free time is found, booked and held when it really is`, async ({
    open,
  }) => {
    const { seeker, consultant } = await pair("Clara", "Claus");
    const skill = `clocks-${consultant.id.slice(-6)}`;
    await consultant.publish({ expertise_tags: [skill] });
    await consultant.offer(10);
    const soon = `/consultants?tag=${skill}&available_from=${instant(0)}&available_to=${instant(120)}`;
    await until("the directory knows of the free time", async () => {
      return (await seeker.call<{ items: object[] }>("GET", soon)).items.length === 1;
    });
    const page = await open(seeker, { clock: offset, at: `/find?tag=${skill}&when=2h` });

    await test.step("the directory finds who is free within two hours", async () => {
      await page.getByRole("article").filter({ hasText: skill }).getByRole("link").click();
    });

    await test.step("the expert's page offers the time that begins in ten minutes", async () => {
      await page
        .getByRole("button", { name: /€120\.00/ })
        .first()
        .click();
      await page.getByRole("dialog").getByRole("button", { name: "Request booking" }).click();
      await expect(page).toHaveURL(/\/booking\//);
    });

    await test.step("the booking's page lets both start as soon as it is confirmed", async () => {
      const booking = page.url().split("/").pop() ?? "";
      await consultant.accept(booking);
      await page.getByRole("link", { name: "Open the session" }).first().click();
      await expect(page.getByRole("button", { name: "Start session" })).toBeEnabled();
    });
  });

/** The instant so many minutes from now, in an address. */
function instant(minutes: number): string {
  return encodeURIComponent(new Date(Date.now() + minutes * MINUTE).toISOString());
}
