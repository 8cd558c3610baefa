import { act, screen, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { Booking } from "./api";
import { booking, consultant, seeker, signedIn } from "@/test/people";
import { problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { RetryPayment } from "./retry-payment";

const { confirmWithBank, release } = vi.hoisted(() => ({
  confirmWithBank: vi.fn(),
  release: { isGone: false },
}));
vi.mock("@/features/payment/confirm-with-bank", () => ({
  // As an import of a file that a new release has replaced.
  get confirmWithBank() {
    return confirmWithBank;
  },
  get then() {
    if (!release.isGone) return undefined;
    return (_: unknown, reject: (reason: Error) => void) => reject(new TypeError("Failed to fetch"));
  },
}));
vi.mock("@/features/payment/card-form", () => ({
  default: ({ onSaved }: { onSaved: () => void }) => <button onClick={onSaved}>A card is saved</button>,
}));

const RETRY = "/bookings/booking-1/retry-payment";
const inTrouble = (payment_failure: Booking["payment_failure"]) =>
  booking({ status: "payment_failed", payment_failure, payment_deadline: "2026-11-23T09:00:00Z" });

function shown(failure: Booking["payment_failure"], side: "seeker" | "consultant" = "seeker") {
  signedIn(side === "seeker" ? seeker : consultant);
  return {
    ...server({ [`POST ${RETRY}`]: booking({ status: "accepted" }) }),
    ...show(<RetryPayment booking={inTrouble(failure)} side={side} />),
  };
}
const button = (name: string) => screen.queryByRole("button", { name });

describe("a payment in trouble", () => {
  it("says why, until when, and what happens then", () => {
    shown("insufficient_funds");
    expect(screen.getByRole("alert")).toHaveTextContent("There isn’t enough money on the card.");
    expect(screen.getByRole("alert")).toHaveTextContent("You can fix this until Mon 23 Nov");
    expect(screen.getByRole("alert")).toHaveTextContent("10:00");
  });

  it("says how much time is left, but not where it would be read out anew with every minute", () => {
    vi.useFakeTimers({ shouldAdvanceTime: true, now: Date.parse("2026-11-23T07:30:00Z") });
    shown("insufficient_funds");
    expect(screen.getByText("Time left: 1 h 30 min")).toBeVisible();
    const readOut = screen.getByRole("alert").textContent;
    act(() => void vi.advanceTimersByTime(30 * 60_000));
    expect(screen.getByText("Time left: 1 h")).toBeVisible();
    expect(screen.getByRole("alert").textContent).toBe(readOut);
  });

  it("is the seeker's to fix: the consultant only reads about it", () => {
    shown("card_declined", "consultant");
    expect(screen.getByRole("alert")).toHaveTextContent("Sam can fix this until");
    expect(screen.queryByRole("button")).not.toBeInTheDocument();
  });

  it("tries again with another card as soon as that is saved", async () => {
    const { user, to } = shown("expired_card");
    await user.click(screen.getByRole("button", { name: "Use another card" }));
    expect(button("Try the same card again")).not.toBeInTheDocument();
    await user.click(await screen.findByRole("button", { name: "A card is saved" }));
    await waitFor(() => expect(to("POST", RETRY)).toHaveLength(1));
    expect(to("POST", RETRY)[0]?.headers.get("Idempotency-Key")).toBeTruthy();
  });

  it("is settled already when another tab has tried again a moment before", async () => {
    signedIn(seeker);
    server({
      [`POST ${RETRY}`]: problem(409, "invalid_transition"),
      "GET /bookings/booking-1": booking({ status: "confirmed" }),
    });
    const { user } = show(<RetryPayment booking={inTrouble("card_declined")} side="seeker" />);
    await user.click(screen.getByRole("button", { name: "Try the same card again" }));
    expect(await screen.findByText("We’re trying the payment again.")).toBeVisible();
    expect(screen.queryByText(/has changed in the meantime/)).not.toBeInTheDocument();
  });

  it("is confirmed with the bank when the bank asks for that", async () => {
    confirmWithBank.mockResolvedValue(null);
    const { user } = shown("authentication_required");
    expect(button("Try the same card again")).not.toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Confirm with your bank" }));
    expect(confirmWithBank).toHaveBeenCalledWith("booking-1");
    expect(await screen.findByText(/Your bank has confirmed the payment/)).toBeInTheDocument();
  });

  it("offers to reload where a new release has replaced the page's files", async () => {
    release.isGone = true;
    const { user } = shown("authentication_required");
    await user.click(screen.getByRole("button", { name: "Confirm with your bank" }));
    expect(await screen.findByText(/or there is a new version/)).toBeVisible();
    expect(screen.getByRole("button", { name: "Reload" })).toBeVisible();
    expect(screen.queryByText(/Something unexpected/)).not.toBeInTheDocument();
    release.isGone = false;
  });

  it("offers no bank where none asks, and no old card where there is none", () => {
    shown("no_payment_method");
    expect(button("Confirm with your bank")).not.toBeInTheDocument();
    expect(button("Try the same card again")).not.toBeInTheDocument();
    expect(button("Use another card")).toBeVisible();
  });
});
