import { describe, expect, it } from "vitest";
import { booking as sample } from "@/test/people";
import type { Booking, Status } from "./api";
import { STATUS, canCancel, eventLabel, nextStep, nextStepReadOut } from "./labels";

const booking = (status: Status, more: Partial<Booking> = {}) =>
  sample({ status, amount: 10000, commission_amount: 1500, payment_status: "none", ...more });
const at = (time: string) => Date.parse(`2026-11-23T${time}:00Z`);

describe("a booking in words", () => {
  it("has a next step for both sides in every state", () => {
    for (const status of Object.keys(STATUS) as Status[])
      for (const side of ["seeker", "consultant"] as const)
        expect(nextStep(booking(status), side, at("09:00"), "UTC"), `${status} ${side}`).toMatch(
          /^[A-Z].*\.$/,
        );
  });

  it("is read out without the time that is left, and anew only when the step is another", () => {
    const readOut = (status: Status, side: "seeker" | "consultant", now: number) =>
      nextStepReadOut(booking(status), side, now, "UTC");
    for (const status of Object.keys(STATUS) as Status[])
      for (const side of ["seeker", "consultant"] as const)
        expect(readOut(status, side, at("09:00")), `${status} ${side}`).toBe(
          readOut(status, side, at("09:59")),
        );
    expect(readOut("requested", "seeker", at("09:00"))).toMatch(
      /^Waiting for Cora to answer, until .*10:00\.$/,
    );
    expect(readOut("requested", "consultant", at("09:00"))).toMatch(/^Please answer by .*10:00\.$/);
    expect(readOut("confirmed", "seeker", at("09:00"))).toMatch(/^The booking for .*10:00 is confirmed\.$/);
    expect(readOut("confirmed", "seeker", at("10:00"))).toBe("It’s time. You can start the session.");
  });

  it("says who did not come, and that a missed session may cost a fee", () => {
    const missed = booking("no_show", {
      absent: "seeker",
      payment_status: "captured",
      charged: 5000,
      earned: 4250,
    });
    expect(nextStep(missed, "seeker", 0, "UTC")).toBe(
      "You missed this session. A fee of €50.00 was charged.",
    );
    expect(nextStep(missed, "consultant", 0, "UTC")).toBe(
      "Sam missed this session. A fee was charged, and you earned €42.50.",
    );
    const waiting = booking("no_show", {
      absent: "consultant",
      payment_status: "released",
      charged: 0,
      earned: 0,
    });
    expect(nextStep(waiting, "seeker", 0, "UTC")).toBe("Cora missed this session. Nothing was charged.");
  });

  it("says what each side pays or gets", () => {
    const paid = booking("completed", { payment_status: "captured", charged: 10_000, earned: 8500 });
    expect(nextStep(paid, "seeker", 0, "UTC")).toContain("€100.00");
    expect(nextStep(paid, "consultant", 0, "UTC")).toContain("€85.00");
    expect(
      nextStep(
        booking("completed", { payment_status: "released", charged: 0, earned: 0 }),
        "seeker",
        0,
        "UTC",
      ),
    ).toMatch(/Nothing/);
  });
});

describe("what may be done", () => {
  it("is cancelling, before the session runs", () => {
    expect((Object.keys(STATUS) as Status[]).filter((status) => canCancel(booking(status)))).toEqual([
      "requested",
      "accepted",
      "payment_failed",
      "confirmed",
    ]);
  });
});

describe("a line of the timeline", () => {
  const line = (
    event: string,
    detail: Record<string, unknown> = {},
    actor: "seeker" | "consultant" | "system" = "system",
  ) => eventLabel({ at: "2026-11-23T10:00:00Z", actor, event, detail });

  it("says what happened, with the money", () => {
    expect(line("payment.captured", { amount: 10000, currency: "eur" })).toBe("Card charged: €100.00");
    expect(line("booking.declined", { reason: "On holiday" }, "consultant")).toBe(
      "Request declined: “On holiday”",
    );
    expect(line("payment.failed", { reason: "expired_card" })).toBe(
      "Payment didn’t go through: the card has expired",
    );
    expect(line("payment.captured", { reason: "session_ended" })).toBe("Card charged");
  });

  it("never shows a code that the system gave as a reason", () => {
    expect(line("booking.cancelled", { reason: "cancelled" })).toBe("Booking cancelled");
    expect(line("booking.cancelled", { reason: "payment_deadline" })).toBe("Booking cancelled");
    expect(line("payment.captured", { amount: 250, currency: "usd", reason: "cancelled" })).toBe(
      "Card charged: US$2.50",
    );
  });

  it("tells a debt that was given up from a hold that was released", () => {
    expect(line("payment.released", { amount: 30, currency: "eur", reason: "written_off" })).toBe(
      "Too little for a card payment, so not charged: €0.30",
    );
    expect(line("payment.released", { amount: 6000, currency: "eur", reason: "session_ended" })).toBe(
      "Hold on the card released: €60.00",
    );
    expect(line("payment.released", { amount: 0, currency: "eur", reason: "session_ended" })).toBe(
      "Nothing was held on the card",
    );
  });

  it("tells a refund that the bank returned, and a payout that was taken back", () => {
    expect(line("payment.refunded", { amount: -500, currency: "eur" })).toBe(
      "A refund was returned by the bank: €5.00",
    );
    expect(line("refund.refused", { amount: 500, currency: "eur" })).toBe(
      "Refund not accepted by Stripe: €5.00",
    );
    expect(line("payout.sent", { amount: 425, currency: "eur", state: "paid" })).toBe("Payout sent: €4.25");
    expect(line("payout.sent", { amount: 425, currency: "eur", state: "reversed" })).toBe(
      "Payout reversed: €4.25",
    );
  });

  it("shows an event that is new to this app by its name", () => {
    expect(line("meteor.struck")).toBe("Meteor struck");
  });
});
