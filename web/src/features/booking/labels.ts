/** What a booking's state means to the one who looks at it. */
import { money } from "@/lib/money";
import { HOUR, MINUTE, dateTime, relative, span } from "@/lib/time";
import type { Booking, Status, TimelineEntry } from "./api";
import { amountOf, standing } from "./money";

export type Side = "seeker" | "consultant";
export type Kind = "good" | "wait" | "bad" | "live" | "idle";

export const STATUS: Record<Status, { word: string; kind: Kind }> = {
  requested: { word: "Requested", kind: "wait" },
  accepted: { word: "Accepted", kind: "live" },
  payment_failed: { word: "Payment problem", kind: "bad" },
  confirmed: { word: "Confirmed", kind: "good" },
  in_progress: { word: "In session", kind: "live" },
  completed: { word: "Completed", kind: "idle" },
  declined: { word: "Declined", kind: "idle" },
  cancelled: { word: "Cancelled", kind: "idle" },
  expired: { word: "Expired", kind: "idle" },
  no_show: { word: "Missed", kind: "idle" },
};

export const START_EARLY = 15 * MINUTE;

export function sideOf(booking: Booking, userId: string): Side {
  return booking.seeker.id === userId ? "seeker" : "consultant";
}

export function other(booking: Booking, side: Side) {
  return side === "seeker" ? booking.consultant : booking.seeker;
}

/** Whether the session may be started now. */
export function canStart(booking: Booking, now: number): boolean {
  return (
    booking.status === "confirmed" &&
    now >= Date.parse(booking.scheduled_start) - START_EARLY &&
    now < Date.parse(booking.scheduled_end)
  );
}

/** Not `in_progress`: that session is ended, not cancelled. */
export function canCancel(booking: Booking): boolean {
  return ["requested", "accepted", "payment_failed", "confirmed"].includes(booking.status);
}

/** What happens next, or what one should do: a sentence. */
export function nextStep(booking: Booking, side: Side, now: number, zone: string): string {
  const them = other(booking, side).first_name;
  const due = (at: string) => `${dateTime(at, zone)} (${relative(at, now)})`;
  switch (booking.status) {
    case "requested":
      return side === "seeker"
        ? `Waiting for ${them} to answer, until ${due(booking.respond_by)}.`
        : `Please answer by ${due(booking.respond_by)}.`;
    case "accepted":
      return "The amount is being held on the card. This takes a few seconds.";
    case "payment_failed":
      return side === "seeker"
        ? "The card could not be charged. Fix the payment to keep this booking."
        : `${them}’s payment didn’t go through. They have been asked to fix it.`;
    case "confirmed": {
      const start = Date.parse(booking.scheduled_start);
      if (canStart(booking, now)) return "It’s time: you can start the session.";
      if (now >= Date.parse(booking.scheduled_end)) return "Nobody has started this session.";
      return start - now < 24 * HOUR
        ? `Starts ${relative(start, now)}. You can come in 15 minutes before.`
        : `All set. Starts ${relative(start, now)}.`;
    }
    case "in_progress":
      return "The session is running.";
    case "completed":
      return completed(booking, side);
    case "declined":
      return side === "seeker" ? `${them} can’t make it. Nothing was charged.` : "You declined this request.";
    case "cancelled":
      return `Cancelled. ${charge(booking, side)}`;
    case "expired":
      return side === "seeker"
        ? `${them} didn’t answer in time. Nothing was charged.`
        : "You didn’t answer in time.";
    case "no_show":
      return `${missed(booking, side)} ${charge(booking, side)}`;
  }
}

function missed(booking: Booking, side: Side): string {
  if (booking.absent === null || booking.absent === "both") return "Nobody started this session.";
  if (booking.absent === side) return "You didn’t come to this session.";
  return `${other(booking, side).first_name} didn’t come to this session.`;
}

/** What a session that did not take place has cost, or earned. */
function charge(booking: Booking, side: Side): string {
  const now = standing(booking, side);
  const amount = amountOf(now, booking.currency);
  switch (now.is) {
    case "paid":
      return `A fee of ${amount} was charged.`;
    case "earned":
      return `A fee was charged, and you earned ${amount}.`;
    case "refunded":
      return "The payment was refunded.";
    case "disputed":
      return "The payment is disputed with the bank.";
    case "settling":
      return "The payment is being settled.";
    default:
      return "Nothing was charged.";
  }
}

function completed(booking: Booking, side: Side): string {
  const now = standing(booking, side);
  const amount = amountOf(now, booking.currency);
  switch (now.is) {
    case "paid":
      return `${amount} was charged.`;
    case "earned":
      return `You earned ${amount}.`;
    case "refunded":
      return "The payment was refunded.";
    case "disputed":
      return "The payment is disputed with the bank.";
    case "nothing":
      if (booking.payment_status === "released")
        return "It ended within the free period. Nothing was charged.";
      return "Nothing was charged.";
    default:
      return "The session is over. The payment is being settled.";
  }
}

const FAILURES: Record<string, string> = {
  card_declined: "The bank declined the card.",
  insufficient_funds: "There isn’t enough money on the card.",
  expired_card: "The card has expired.",
  authentication_required: "The bank wants the cardholder to confirm this payment.",
  no_payment_method: "There is no card on file any more.",
  processing_error: "The bank could not process the payment. It may work in a moment.",
};

export function failureReason(booking: Booking): string {
  return FAILURES[booking.payment_failure ?? ""] ?? "The payment didn’t go through.";
}

const EVENTS: Record<string, string> = {
  "booking.requested": "Booking requested",
  "booking.accepted": "Request accepted",
  "booking.declined": "Request declined",
  "booking.expired": "The request expired without an answer",
  "booking.cancelled": "Booking cancelled",
  "booking.confirmed": "Booking confirmed",
  "booking.rescheduled": "Moved to another time",
  "reschedule.proposed": "Another time proposed",
  "reschedule.accepted": "The new time was accepted",
  "reschedule.declined": "The new time was declined",
  "reschedule.withdrawn": "The proposal was withdrawn",
  "reschedule.expired": "The proposal expired without an answer",
  "session.started": "Session started",
  "session.ended": "Session ended",
  "session.missed": "Nobody started the session",
  "session.rated": "Session rated",
  "payment.authorized": "Amount held on the card",
  "payment.failed": "Payment didn’t go through",
  "payment.captured": "Card charged",
  "payment.released": "Hold on the card released",
  "payment.refunded": "Payment refunded",
  "payment.disputed": "Payment disputed with the bank",
  "payment.retried": "Payment tried again",
  "payment_method.changed": "Card changed",
  "payout.sent": "Payout sent",
};

/** Where the same event means something else. */
const VARIANTS: Record<string, string> = {
  "payment.refunded returned": "A refund was returned by the bank",
  "payout.sent reversed": "Payout taken back",
  "payment.disputed won": "Dispute decided for the consultant",
  "payment.disputed lost": "Dispute decided for the cardholder",
};

function eventVariant({ amount, state, reason }: Record<string, unknown>): string {
  if (typeof amount === "number" && amount < 0) return "returned";
  return String(state ?? reason ?? "");
}

/** A line of the timeline as a sentence; an event that is new to this app is shown by its own name. */
export function eventLabel(entry: TimelineEntry, zone = "UTC"): string {
  const name = entry.event.replace(/\.v\d+$/, "");
  const { detail } = entry;
  const words =
    VARIANTS[`${name} ${eventVariant(detail)}`] ?? EVENTS[name] ?? capital(name.replaceAll(/[._]/g, " "));
  const facts: string[] = [];
  const { new_start: start, new_end: end } = detail;
  if (typeof start === "string" && typeof end === "string") facts.push(span(start, end, zone));
  const amount = detail["amount"];
  const currency = detail["currency"];
  if (typeof amount === "number" && amount !== 0 && typeof currency === "string")
    facts.push(money(Math.abs(amount), currency));
  const reason = detail["reason"];
  if (typeof reason === "string" && reason) facts.push(...reasonLabel(reason, entry.actor));
  const score = detail["score"];
  if (typeof score === "number") facts.push(`${score} of 5 stars`);
  return facts.length ? `${words}: ${facts.join(", ")}` : words;
}

/** People's own words are quoted, a known code is put in words, and any other code says nothing to people. */
function reasonLabel(reason: string, actor: TimelineEntry["actor"]): string[] {
  if (actor !== "system") return [`“${reason}”`];
  const failure = FAILURES[reason];
  return failure ? [failure.charAt(0).toLowerCase() + failure.slice(1, -1)] : [];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
