import { expect, test } from "./browser";
import { Person, pair } from "./stack";

test("the profile is edited with a preview, in major units, and unsaved changes are warned of", async ({
  open,
}) => {
  const consultant = await Person.register("consultant", "Petra", "Profile");
  const page = await open(consultant, { at: "/profile" });
  await page.getByLabel("Headline").fill("Helps with pianos");
  await page.getByLabel("About you").fill("Forty years of tuning.");
  await page.getByRole("combobox", { name: "Expertise" }).fill("pianos");
  await page.keyboard.press("Enter");
  await page.getByRole("combobox", { name: "Expertise" }).fill("tuning");
  await page.keyboard.press("Enter");
  await page.getByLabel("Rate per hour").fill("79.5");
  const preview = page.getByRole("region", { name: "Preview" });
  await expect(preview).toContainText("Helps with pianos");
  await expect(preview).toContainText("€79.50");
  await expect(preview.getByRole("listitem")).toHaveText(["pianos", "tuning"]);

  await page.getByRole("link", { name: "Payouts" }).click();
  await expect(page.getByRole("dialog", { name: "Leave without saving?" })).toBeVisible();
  await page.getByRole("button", { name: "Keep editing" }).click();
  await page.getByRole("button", { name: "Save profile" }).click();
  await expect(page.getByText("Your profile is saved.")).toBeVisible();
  await page.getByRole("link", { name: "See your page" }).click();
  await expect(page.getByRole("heading", { name: "Petra Profile" })).toBeVisible();
  await expect(page.getByText("€79.50", { exact: true })).toBeVisible();
});

test("what the server refuses in a profile is shown at its field", async ({ open }) => {
  const page = await open(await Person.register("consultant", "Erik"));
  await page.goto("/profile");
  await page.getByLabel("Headline").fill("Fine");
  await page.getByLabel("Rate per hour").fill("50");
  await page.route("**/consultants/me/profile", (route) =>
    route.fulfill({
      status: 400,
      contentType: "application/problem+json",
      body: JSON.stringify({
        code: "validation_failed",
        status: 400,
        errors: [{ field: "hourly_rate", message: "Must be less." }],
      }),
    }),
  );
  await page.getByRole("button", { name: "Save profile" }).click();
  await expect(page.getByText("Must be less")).toBeVisible();
  await expect(page.getByLabel("Rate per hour")).toHaveAttribute("aria-invalid", "true");
});

test("free times are drawn, seen, refused when they overlap, and removed", async ({ open }) => {
  const consultant = await Person.register("consultant", "Anton");
  await consultant.publish();
  const page = await open(consultant, { at: "/availability" });
  await page.getByRole("button", { name: "Next week" }).click();
  const calendar = page.getByRole("group", { name: "Week calendar" });
  // From 10:00 to 12:00 in the middle of the week: the calendar shows 44 px per hour.
  const column = calendar.locator("[data-day]").nth(2);
  const box = async () => {
    const found = await column.boundingBox();
    if (!found) throw new Error("the calendar is not there");
    return found;
  };
  const { x: left, width, y: top } = await box();
  const x = left + width / 2;
  const hour = (at: number) => top + at * 44 + 2;
  await page.mouse.move(x, hour(10));
  await page.mouse.down();
  await page.mouse.move(x, hour(11), { steps: 4 });
  await page.mouse.move(x, hour(12), { steps: 4 });
  await page.mouse.up();
  const dialog = page.getByRole("dialog", { name: "Add available times" });
  await expect(dialog.getByLabel("From")).toHaveValue("10:00");
  await expect(dialog.getByLabel("Until")).toHaveValue("12:00");
  await expect(dialog).toContainText("2 sessions");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(calendar.getByRole("button", { name: /10:00–11:00/ })).toBeVisible();
  await expect(calendar.getByRole("button", { name: /11:00–12:00/ })).toBeVisible();

  await page.mouse.click(x, hour(12.5));
  const why = page.getByRole("dialog", { name: "Why isn’t this time offered?" });
  await expect(why).toContainText("You have no weekly hours");
  await why.getByRole("button", { name: "Add a time here" }).click();
  await expect(dialog.getByLabel("From")).toHaveValue("12:30");
  await dialog.getByLabel("From").fill("11:30");
  await dialog.getByLabel("Until").fill("12:30");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("overlaps your time from 11:00 to 12:00");
  await dialog.getByRole("button", { name: "Back" }).click();

  await calendar.getByRole("button", { name: /10:00–11:00/ }).click();
  await page.getByRole("button", { name: "Remove" }).click();
  await expect(calendar.getByRole("button", { name: /10:00–11:00/ })).toBeHidden();
  await page.reload();
  await page.getByRole("button", { name: "Next week" }).click();
  await expect(calendar.getByRole("button", { name: /11:00–12:00/ })).toBeVisible();
  await expect(calendar.getByRole("button", { name: /10:00–11:00/ })).toBeHidden();
});

test("times are added by keyboard alone, and a booked one is marked and stays", async ({ open }) => {
  const { seeker, consultant } = await pair("Bea", "Ben");
  await seeker.request(consultant, await consultant.offer(60 * 24 * 7));
  const page = await open(consultant, { at: "/availability" });
  await page.getByRole("button", { name: "Add times" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Add available times" });
  await expect(dialog.getByLabel("From")).toHaveValue("09:00");
  await dialog.getByRole("button", { name: "Add", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("3 times are open for booking.")).toBeVisible();
  await page.getByRole("button", { name: "Next week" }).click();
  // A session over midnight, as it is late in the evening, is a block on both days.
  const booked = page
    .getByRole("group", { name: "Week calendar" })
    .getByRole("button", { name: /Booked/ })
    .first();
  await expect(booked).toBeVisible();
  await booked.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Booked time" })).toContainText("can’t be removed");
  await page.keyboard.press("Escape");
  await expect(booked).toBeFocused();
});

test("payouts: the prompt, Stripe’s onboarding and back, first left and then finished", async ({ open }) => {
  const consultant = await Person.register("consultant", "Olivia");
  await consultant.publish();
  const page = await open(consultant);
  const guide = page.getByRole("region", { name: "First steps" });
  await expect(guide.getByText("Your profile is in the directory")).toBeVisible();
  await guide.getByRole("link", { name: "Set up payouts" }).click();
  await page.getByRole("button", { name: "Set up payouts" }).click();
  await page.getByRole("button", { name: "Leave without finishing" }).click();
  await expect(page).toHaveURL(/\/payouts/);
  await expect(page.getByRole("region", { name: "Payout account" })).toContainText(/Not finished|Restricted/);
  await page.getByRole("button", { name: "Continue on Stripe" }).click();
  await page.getByRole("button", { name: "Complete onboarding" }).click();
  await expect(page).toHaveURL(/\/payouts$/);
  await expect(page.getByRole("region", { name: "Payout account" })).toContainText("Payouts are set up");
});
