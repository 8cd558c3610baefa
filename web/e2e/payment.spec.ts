import { expect, fillCard, state, test } from "./browser";
import { Person, pair } from "./stack";

test("a card is added, replaced and removed; a bad one is refused with the reason", async ({ open }) => {
  const page = await open(await Person.register("seeker", "Cash"));
  await page.goto("/settings/payment");
  await page.getByLabel("Card number").waitFor();
  await page.getByRole("button", { name: "Save card" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Please allow this card" })).toBeVisible();
  await fillCard(page, "4000000000000002");
  await expect(page.getByRole("alert").filter({ hasText: "declined" })).toBeVisible();
  await fillCard(page);
  await expect(page.getByText("Visa ending in 4242")).toBeVisible();
  await expect(page.getByText("Expires 12/2034")).toBeVisible();
  await page.getByRole("button", { name: "Replace" }).click();
  await fillCard(page, "5555555555554444");
  await expect(page.getByText("Mastercard ending in 4444")).toBeVisible();
  await page.reload();
  await expect(page.getByText("Mastercard ending in 4444")).toBeVisible();
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Remove card" }).click();
  await expect(page.getByRole("heading", { name: "Add a card" })).toBeVisible();
});

test("a declined card: both see why and until when; another card brings the booking to Confirmed", async ({
  open,
}) => {
  const { seeker, consultant } = await pair("Doris", "Denis");
  await seeker.saveCard("pm_card_chargeCustomerFail");
  const id = await seeker.request(consultant, await consultant.offer(60 * 30));
  const mine = await open(seeker, { at: `/booking/${id}` });
  const theirs = await open(consultant);
  await theirs.getByRole("button", { name: "Accept" }).click();
  await expect(state(mine, "Payment problem")).toBeVisible();
  await expect(mine.getByRole("main").getByRole("alert")).toContainText("The bank declined the card.");
  await expect(mine.getByRole("main").getByRole("alert")).toContainText("You can fix this until");
  await theirs.goto(`/booking/${id}`);
  await expect(theirs.getByRole("main").getByRole("alert")).toContainText("Doris can fix this until");
  await expect(theirs.getByRole("button", { name: "Use another card" })).toBeHidden();

  await mine.goto("/dashboard");
  await mine.getByRole("link", { name: "Fix the payment" }).click();
  await mine.getByRole("button", { name: "Use another card" }).click();
  await fillCard(mine);
  await expect(state(mine, "Confirmed")).toBeVisible();
  await expect(state(theirs, "Confirmed")).toBeVisible();
});

test("3-D Secure when the card is saved: failing is said, completing saves it", async ({ open }) => {
  const page = await open(await Person.register("seeker", "Tara"));
  await page.goto("/settings/payment");
  await fillCard(page, "4000002500003155");
  await page
    .getByRole("dialog", { name: /3-D Secure/ })
    .getByRole("button", { name: "Fail" })
    .click();
  await expect(page.getByRole("alert").filter({ hasText: /didn’t confirm/ })).toBeVisible();
  await page.getByRole("button", { name: "Save card" }).click();
  await page
    .getByRole("dialog", { name: /3-D Secure/ })
    .getByRole("button", { name: "Complete" })
    .click();
  await expect(page.getByText("Visa ending in 3155")).toBeVisible();
});

test("3-D Secure when the session is accepted: confirming with the bank brings the booking to Confirmed", async ({
  open,
}) => {
  const { seeker, consultant } = await pair("Theo", "Thea");
  const page = await open(seeker, { at: "/settings/payment" });
  await page.getByRole("button", { name: "Replace" }).click();
  await fillCard(page, "4000002760003184");
  await page
    .getByRole("dialog", { name: /3-D Secure/ })
    .getByRole("button", { name: "Complete" })
    .click();
  await expect(page.getByText("Visa ending in 3184")).toBeVisible();

  const id = await seeker.request(consultant, await consultant.offer(60 * 30));
  await page.goto(`/booking/${id}`);
  await consultant.accept(id, "payment_failed");
  await expect(page.getByRole("main").getByRole("alert")).toContainText(
    "The bank wants the cardholder to confirm this payment.",
  );
  await page.getByRole("button", { name: "Confirm with your bank" }).click();
  await page
    .getByRole("dialog", { name: /3-D Secure/ })
    .getByRole("button", { name: "Complete" })
    .click();
  await expect(state(page, "Confirmed")).toBeVisible();
});
