import { describe, expect, it } from "vitest";
import { booking as made } from "@/test/people";
import type { Booking, Status } from "./api";
import { nextStep } from "./labels";
import { inFull, inShort, standing } from "./money";

type Side = "seeker" | "consultant";

/** For €100, of which €15 are commission. What was charged and earned is as the server tells it to this side. */
function booking(
  status: Status,
  payment_status: Booking["payment_status"],
  side: Side,
  charged: number | null,
) {
  const earned = charged === null || side === "seeker" ? null : charged - (charged * 15) / 100;
  return made({ status, payment_status, amount: 10_000, commission_amount: 1500, charged, earned });
}

/** Status, status of the payment, what was charged, and what a list says to the seeker and to the consultant. */
const LISTED: [Status, Booking["payment_status"], number | null, seeker: string, consultant: string][] = [
  ["requested", "none", null, "€100.00 price", "€100.00 price"],
  ["accepted", "authorizing", null, "€100.00 price", "€100.00 price"],
  ["payment_failed", "failed", null, "€100.00 price", "€100.00 price"],
  ["confirmed", "authorized", null, "€100.00 held on the card", "€100.00 held on the card"],
  ["in_progress", "authorized", null, "€100.00 held on the card", "€100.00 held on the card"],
  ["completed", "authorized", null, "processing", "processing"],
  ["completed", "captured", 10_000, "€100.00 charged", "€85.00 earned"],
  ["completed", "captured", 6000, "€60.00 charged", "€51.00 earned"],
  ["completed", "released", 0, "nothing charged", "nothing charged"],
  ["completed", "refunded", 0, "refunded", "refunded"],
  ["completed", "disputed", 0, "disputed", "disputed"],
  ["declined", "none", 0, "nothing charged", "nothing charged"],
  ["expired", "none", 0, "nothing charged", "nothing charged"],
  ["cancelled", "none", 0, "nothing charged", "nothing charged"],
  ["cancelled", "failed", 0, "nothing charged", "nothing charged"],
  ["cancelled", "released", 0, "nothing charged", "nothing charged"],
  ["cancelled", "authorized", null, "processing", "processing"],
  ["cancelled", "captured", 5000, "€50.00 charged", "€42.50 earned"],
  ["cancelled", "refunded", 0, "refunded", "refunded"],
  ["no_show", "released", 0, "nothing charged", "nothing charged"],
  ["no_show", "captured", 5000, "€50.00 charged", "€42.50 earned"],
];

describe("the money of a booking in a list", () => {
  it.each(LISTED)(
    "of one that is %s and %s, with %s charged",
    (status, paid, charged, seeker, consultant) => {
      const said = (side: Side) => {
        const { amount, word } = inShort(booking(status, paid, side, charged), side);
        return amount ? `${amount} ${word}` : word;
      };
      expect([said("seeker"), said("consultant")]).toEqual([seeker, consultant]);
    },
  );
});

describe("the money of a booking on its page", () => {
  it("is what a late cancellation really cost and earned, not the price", () => {
    const [seeker, consultant] = (["seeker", "consultant"] as const).map((side) =>
      booking("cancelled", "captured", side, 5000),
    ) as [Booking, Booking];
    expect(inFull(seeker, "seeker")).toBe("You paid €50.00.");
    expect(inFull(consultant, "consultant")).toBe("You earned €42.50.");
    expect(nextStep(seeker, "seeker", 0, "UTC")).toBe("Cancelled. A fee of €50.00 was charged.");
    expect(nextStep(consultant, "consultant", 0, "UTC")).toBe(
      "Cancelled. A fee was charged, and you earned €42.50.",
    );
  });

  it("promises earnings only while the whole price can still be earned", () => {
    const prospect = "You would earn €85.00 after €15.00 commission.";
    expect(inFull(booking("requested", "none", "consultant", null), "consultant")).toBe(prospect);
    expect(inFull(booking("confirmed", "authorized", "consultant", null), "consultant")).toBe(prospect);
    for (const status of ["declined", "expired", "cancelled", "no_show"] as const)
      expect(inFull(booking(status, "none", "consultant", 0), "consultant"), status).toBe(
        "Nothing was charged.",
      );
  });

  it("never tells the seeker what the consultant gets", () => {
    for (const [status, paid, charged] of LISTED) {
      const one = booking(status, paid, "seeker", charged);
      expect(`${inFull(one, "seeker")} ${nextStep(one, "seeker", 0, "UTC")}`).not.toMatch(/earn|85|42/);
    }
  });

  it("is nothing for a session that was free", () => {
    for (const side of ["seeker", "consultant"] as const) {
      expect(inFull(booking("completed", "released", side, 0), side)).toBe("Nothing was charged.");
      expect(standing(booking("completed", "released", side, 0), side)).toEqual({ is: "nothing" });
    }
  });
});
