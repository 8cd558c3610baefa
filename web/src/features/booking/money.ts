/** What a booking's money is for one of its two people at this moment. The server does the reckoning. */
import { msg, t } from "@/lib/i18n/i18n";
import { money } from "@/lib/money";
import { ACTIVE, type Booking } from "./api";
import type { Side } from "./labels";

export type Standing =
  /** Agreed; nothing has been charged. */
  | { is: "agreed"; amount: number }
  /** On hold on the card. */
  | { is: "held"; amount: number }
  /** The booking is over, and the charge or the release of the hold is under way. */
  | { is: "settling" }
  /** Taken from the seeker's card and not given back. */
  | { is: "paid"; amount: number }
  /** The consultant's share of what was charged. */
  | { is: "earned"; amount: number }
  | { is: "nothing" }
  | { is: "refunded" }
  | { is: "disputed" };

/** How the money of a booking stands for `side`. */
export function standing(booking: Booking, side: Side): Standing {
  if (ACTIVE.includes(booking.status))
    return { is: booking.payment_status === "authorized" ? "held" : "agreed", amount: booking.amount };
  if (booking.payment_status === "disputed" || booking.payment_status === "refunded")
    return { is: booking.payment_status };
  const amount = side === "seeker" ? booking.charged : booking.earned;
  if (amount === null) return { is: "settling" };
  if (amount === 0) return { is: "nothing" };
  return { is: side === "seeker" ? "paid" : "earned", amount };
}

/** The amount of a standing as text; null where it has none. */
export function amountOf(now: Standing, currency: string): string | null {
  return "amount" in now ? money(now.amount, currency) : null;
}

/** For a list: the amount, and what it is. */
export function inShort(booking: Booking, side: Side): { amount: string | null; word: string } {
  const now = standing(booking, side);
  return { amount: amountOf(now, booking.currency), word: t(WORDS[now.is]) };
}

const WORDS: Record<Standing["is"], string> = {
  agreed: msg("price"),
  held: msg("held on the card"),
  settling: msg("processing"),
  paid: msg("charged"),
  earned: msg("earned"),
  nothing: msg("nothing charged"),
  refunded: msg("refunded"),
  disputed: msg("disputed"),
};

/** For the booking's own page: what the money does, or did, as a sentence; null where the price says it all. */
export function inFull(booking: Booking, side: Side): string | null {
  const now = standing(booking, side);
  const amount = amountOf(now, booking.currency) ?? "";
  switch (now.is) {
    case "agreed":
      return side === "consultant" ? prospect(booking) : null;
    case "held":
      return side === "consultant" ? prospect(booking) : t("Held on your card.");
    case "settling":
      return t("The payment is being processed.");
    case "paid":
      return t("You paid {amount}.", { amount });
    case "earned":
      return t("You earned {amount}.", { amount });
    case "nothing":
      return t("Nothing was charged.");
    case "refunded":
      return t("The payment was refunded.");
    case "disputed":
      return t("The payment is disputed with the bank.");
  }
}

function prospect({ amount, commission_amount: commission, currency }: Booking): string {
  return t("You would earn {earned} after {commission} commission.", {
    earned: money(amount - commission, currency),
    commission: money(commission, currency),
  });
}
