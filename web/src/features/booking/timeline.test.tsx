import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { booking, consultant, seeker, signedIn } from "@/test/people";
import { page, problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { Timeline } from "./timeline";

const at = "2026-11-23T11:00:00Z";
const entry = (event: string, amount: number) => ({
  at,
  actor: "system",
  event,
  detail: { amount, currency: "usd" },
});

it("can be asked for again when it did not load", async () => {
  const answers = [problem(503, "service_unavailable"), page(entry("payment.captured", 500))];
  server({ "GET /bookings/booking-1/timeline": () => answers.shift() ?? page() });
  signedIn(seeker);
  const { user } = show(<Timeline booking={booking()} side="seeker" />);
  await user.click(await screen.findByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Card charged: US$5.00")).toBeVisible();
});

it("tells the consultant of their payout, and the seeker nothing of it", async () => {
  const entries = page(entry("payment.captured", 500), entry("payout.sent", 425));
  server({ "GET /bookings/booking-1/timeline": entries });
  signedIn(consultant);
  const { unmount } = show(<Timeline booking={booking()} side="consultant" />);
  expect(await screen.findByText("Payout sent: US$4.25")).toBeVisible();
  unmount();
  signedIn(seeker);
  show(<Timeline booking={booking()} side="seeker" />);
  expect(await screen.findByText("Card charged: US$5.00")).toBeVisible();
  expect(screen.queryByText(/Payout|4\.25/)).not.toBeInTheDocument();
});
