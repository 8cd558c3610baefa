/** What a booking's state means to the one who looks at it. */
import type { Kind } from "@/components/ui/note";
import { msg, t } from "@/lib/i18n/i18n";
import { readerLocale } from "@/lib/i18n/locale";
import { money } from "@/lib/money";
import { HOUR, dateTime, relative, span } from "@/lib/time";
import type { Booking, Status, TimelineEntry } from "./api";
import { amountOf, standing } from "./money";

export type Side = "seeker" | "consultant";

export const STATUS: Record<Status, { word: string; kind: Kind }> = {
  requested: { word: msg("Requested"), kind: "wait" },
  accepted: { word: msg("Accepted"), kind: "info" },
  payment_failed: { word: msg("Payment problem"), kind: "bad" },
  confirmed: { word: msg("Confirmed"), kind: "good" },
  in_progress: { word: msg("In session"), kind: "info" },
  completed: { word: msg("Completed"), kind: "idle" },
  declined: { word: msg("Declined"), kind: "idle" },
  cancelled: { word: msg("Cancelled"), kind: "idle" },
  expired: { word: msg("Expired"), kind: "idle" },
  no_show: { word: msg("Missed"), kind: "idle" },
};

export function sideOf(booking: Booking, userId: string): Side {
  return booking.seeker.id === userId ? "seeker" : "consultant";
}

export function other(booking: Booking, side: Side) {
  return side === "seeker" ? booking.consultant : booking.seeker;
}

/** Not `in_progress`: that session is ended, not cancelled. */
export function canCancel(booking: Booking): boolean {
  return ["requested", "accepted", "payment_failed", "confirmed"].includes(booking.status);
}

/** What happens next, or what one should do: a sentence. */
export function nextStep(booking: Booking, side: Side, now: number, zone: string): string {
  const them = other(booking, side).first_name;
  switch (booking.status) {
    case "requested":
      return waitingForAnswer(
        booking,
        side,
        t("{time} ({when})", {
          time: dateTime(booking.respond_by, zone),
          when: relative(booking.respond_by, now),
        }),
      );
    case "accepted":
      return t("The amount is being held on the card. This takes a few seconds.");
    case "payment_failed":
      return side === "seeker"
        ? t("The card could not be charged. Fix the payment to keep this booking.")
        : t("{name}’s payment didn’t go through. They have been asked to fix it.", { name: them });
    case "confirmed": {
      const start = Date.parse(booking.scheduled_start);
      if (now >= Date.parse(booking.scheduled_end)) return t("Nobody has started this session yet.");
      if (now >= start) return t("It’s time. You can start the session.");
      return start - now < 24 * HOUR
        ? t("Starts {when}.", { when: relative(start, now) })
        : t("All set. Starts {when}.", { when: relative(start, now) });
    }
    case "in_progress":
      return t("The session is running.");
    case "completed":
      return completed(booking, side);
    case "declined":
      return side === "seeker"
        ? t("{name} can’t make it. Nothing was charged.", { name: them })
        : t("You declined this request.");
    case "cancelled":
      return t("Cancelled. {charge}", { charge: charge(booking, side) });
    case "expired":
      return side === "seeker"
        ? t("{name} didn’t answer in time. Nothing was charged.", { name: them })
        : t("You didn’t answer in time.");
    case "no_show":
      return t("{missed} {charge}", { missed: missed(booking, side), charge: charge(booking, side) });
  }
}

/** The same to be read out: without how long it is until then, which would be read out anew as it goes down. */
export function nextStepReadOut(booking: Booking, side: Side, now: number, zone: string): string {
  const { status, respond_by, scheduled_start: start } = booking;
  if (status === "requested") return waitingForAnswer(booking, side, dateTime(respond_by, zone));
  if (status === "confirmed" && now < Date.parse(start))
    return t("The booking for {time} is confirmed.", { time: dateTime(start, zone) });
  return nextStep(booking, side, now, zone);
}

function waitingForAnswer(booking: Booking, side: Side, time: string): string {
  return side === "seeker"
    ? t("Waiting for {name} to answer, until {time}.", { name: other(booking, side).first_name, time })
    : t("Please answer by {time}.", { time });
}

function missed(booking: Booking, side: Side): string {
  if (booking.absent === null || booking.absent === "both") return t("Nobody started this session.");
  if (booking.absent === side) return t("You missed this session.");
  return t("{name} missed this session.", { name: other(booking, side).first_name });
}

/** What a session that did not take place has cost, or earned. */
function charge(booking: Booking, side: Side): string {
  const now = standing(booking, side);
  const amount = amountOf(now, booking.currency);
  switch (now.is) {
    case "paid":
      return t("A fee of {amount} was charged.", { amount });
    case "earned":
      return t("A fee was charged, and you earned {amount}.", { amount });
    case "refunded":
      return t("The payment was refunded.");
    case "disputed":
      return t("The payment is disputed with the bank.");
    case "settling":
      return t("The payment is being processed.");
    default:
      return t("Nothing was charged.");
  }
}

function completed(booking: Booking, side: Side): string {
  const now = standing(booking, side);
  const amount = amountOf(now, booking.currency);
  switch (now.is) {
    case "paid":
      return t("{amount} was charged.", { amount });
    case "earned":
      return t("You earned {amount}.", { amount });
    case "refunded":
      return t("The payment was refunded.");
    case "disputed":
      return t("The payment is disputed with the bank.");
    case "nothing":
      if (booking.payment_status === "released")
        return t("It ended within the free period. Nothing was charged.");
      return t("Nothing was charged.");
    default:
      return t("The session is over. The payment is being processed.");
  }
}

const FAILURES: Record<string, string> = {
  card_declined: msg("The bank declined the card."),
  insufficient_funds: msg("There isn’t enough money on the card."),
  expired_card: msg("The card has expired."),
  authentication_required: msg("The bank wants the cardholder to confirm this payment."),
  no_payment_method: msg("There is no card on file any more."),
  processing_error: msg("The bank could not process the payment. It may work in a moment."),
};

export function failureReason(booking: Booking): string {
  return t(FAILURES[booking.payment_failure ?? ""] ?? msg("The payment didn’t go through."));
}

const EVENTS: Record<string, string> = {
  "booking.requested": msg("Booking requested"),
  "booking.accepted": msg("Request accepted"),
  "booking.declined": msg("Request declined"),
  "booking.expired": msg("The request expired without an answer"),
  "booking.cancelled": msg("Booking cancelled"),
  "booking.confirmed": msg("Booking confirmed"),
  "booking_payment.failed": msg("Waiting for another card"),
  "booking.rescheduled": msg("Moved to another time"),
  "reschedule.proposed": msg("Another time proposed"),
  "reschedule.accepted": msg("The new time was accepted"),
  "reschedule.declined": msg("The new time was declined"),
  "reschedule.withdrawn": msg("The proposal was withdrawn"),
  "reschedule.expired": msg("The proposal expired without an answer"),
  "session.started": msg("Session started"),
  "session.ended": msg("Session ended"),
  "session.missed": msg("Nobody started the session"),
  "session.rated": msg("Session rated"),
  "rating.replied": msg("Expert replied to the rating"),
  "payment.authorized": msg("Amount held on the card"),
  "payment.failed": msg("Payment didn’t go through"),
  "payment.captured": msg("Card charged"),
  "payment.released": msg("Hold on the card released"),
  "payment.refunded": msg("Payment refunded"),
  "refund.refused": msg("Refund not accepted by Stripe"),
  "payment.disputed": msg("Payment disputed with the bank"),
  "payment.retried": msg("Payment tried again"),
  "payment_method.changed": msg("Card changed"),
  "payout.sent": msg("Payout sent"),
};

/** Where the same event means something else. */
const VARIANTS: Record<string, string> = {
  "payment.refunded returned": msg("A refund was returned by the bank"),
  "payment.released nothing": msg("Nothing was held on the card"),
  "payment.released written_off": msg("Too little for a card payment, so not charged"),
  "payout.sent reversed": msg("Payout reversed"),
  "payment.disputed won": msg("Dispute decided in the expert’s favour"),
  "payment.disputed lost": msg("Dispute decided in the cardholder’s favour"),
};

function eventVariant({ amount, state, reason }: Record<string, unknown>): string {
  if (amount === 0 && !state && reason !== "written_off") return "nothing";
  if (typeof amount === "number" && amount < 0) return "returned";
  return String(state ?? reason ?? "");
}

/** A line of the timeline as a sentence; an event that is new to this app is shown by its own name. */
export function eventLabel(entry: TimelineEntry, zone = "UTC"): string {
  const name = entry.event.replace(/\.v\d+$/, "");
  const { detail } = entry;
  const known = VARIANTS[`${name} ${eventVariant(detail)}`] ?? EVENTS[name];
  const words = known ? t(known) : capital(name.replaceAll(/[._]/g, " "));
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
  if (typeof score === "number") facts.push(t("{score, number} of 5 stars", { score }));
  return facts.length ? t("{event}: {facts}", { event: words, facts: facts.join(", ") }) : words;
}

/** People's own words are quoted, a known code is put in words, and any other code says nothing to people. */
function reasonLabel(reason: string, actor: TimelineEntry["actor"]): string[] {
  if (actor !== "system") return [t("“{words}”", { words: reason })];
  const failure = FAILURES[reason];
  return failure ? [asPart(t(failure))] : [];
}

/** A sentence as a part of another. German and Arabic keep its first letter: a noun may stand there, or there are no cases. */
function asPart(text: string): string {
  const part = text.replace(/\.$/, "");
  return readerLocale().language === "en" ? part.charAt(0).toLowerCase() + part.slice(1) : part;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
