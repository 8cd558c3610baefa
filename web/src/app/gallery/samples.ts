/** What the gallery's components are about: always the same, in the days after today. */
import type { Booking, Status, TimelineEntry } from "@/features/booking/api";
import type { Expert, Profile, Rating, Slot } from "@/features/directory/api";
import { serverNow } from "@/lib/clock";
import type { Config } from "@/lib/config";
import { type Day, addDays, instant, today } from "@/lib/time";

export const ZONE = "Europe/Prague";
export const NOW = serverNow();
export const TODAY: Day = today(ZONE, NOW);

/** The instant so many days from today, at so many minutes past midnight. */
export const at = (days: number, minutes: number): string =>
  new Date(instant(addDays(TODAY, days), minutes, ZONE)).toISOString();

export const CREATED = at(-30, 600);
const STAMPS = { created_at: CREATED, updated_at: CREATED };

export const CONFIG: Config = {
  brand: { name: "Consultant Connect", color: "#0f6b60", logo_url: null },
  currencies: [
    { code: "eur", exponent: 2, minimum: 50, maximum: 99_999_999, step: 1 },
    { code: "usd", exponent: 2, minimum: 50, maximum: 99_999_999, step: 1 },
  ],
  locales: ["en", "de", "ar"],
  free_period_seconds: 600,
  commission_bps: 1500,
  cancel_free_seconds: 86_400,
  late_cancel_bps: 5000,
  minimum_slot_seconds: 900,
  start_early_seconds: 900,
  auto_end_after_seconds: 900,
  stripe_publishable_key: null,
  stripe_js_url: null,
  features: {},
};

export const GRETA = {
  id: "00000000-0000-7000-8000-000000000001",
  first_name: "Greta",
  last_name: "Lindholm",
};
export const ADA = { id: "00000000-0000-7000-8000-000000000002", first_name: "Ada", last_name: "Okafor" };

/** A face that needs no server. */
export const PHOTO = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><rect width="96" height="96" fill="#7cc3b6"/><circle cx="48" cy="38" r="18" fill="#07433c"/><path d="M12 96a36 36 0 0 1 72 0z" fill="#07433c"/></svg>',
)}`;

export const EXPERT: Profile = {
  consultant_id: ADA.id,
  first_name: ADA.first_name,
  last_name: ADA.last_name,
  headline: "Makes slow databases fast, and explains why they were slow",
  bio: "Twenty years of PostgreSQL, from a single table to a hundred terabytes.\n\n".repeat(9),
  expertise_tags: ["postgresql", "performance", "partitioning", "replication", "backups", "training"],
  languages: ["en", "de", "ar"],
  hourly_rate: 12_000,
  currency: "eur",
  average_rating: 4.83,
  rating_count: 12,
  next_available_at: at(1, 540),
  photo_url: PHOTO,
  verified: true,
  ...STAMPS,
};

export const NEW_EXPERT: Expert = {
  ...EXPERT,
  consultant_id: GRETA.id,
  first_name: "Bartholomäus-Maximilian",
  last_name: "Freiherr von Unterschleißheim-Oberhaching",
  headline: "Contracts",
  expertise_tags: ["donaudampfschifffahrtsgesellschaftskapitänsrecht"],
  languages: ["de"],
  hourly_rate: 9950,
  average_rating: null,
  rating_count: 0,
  next_available_at: null,
  photo_url: null,
  verified: false,
};

export const RATINGS: Rating[] = [
  {
    score: 5,
    comment: "It takes 8 ms now. Thank you!",
    seeker_first_name: "Greta",
    created_at: at(-2, 900),
    reply: { body: "It was a pleasure. Come back any time.", created_at: at(-1, 600) },
  },
  { score: 3, comment: null, seeker_first_name: "Sam", created_at: at(-9, 900), reply: null },
];

const slot = (start_time: string, end_time: string): Slot => ({
  id: start_time,
  consultant_id: ADA.id,
  start_time,
  end_time,
  is_booked: false,
  ...STAMPS,
});

export const SLOTS: Slot[] = [1, 2, 4].flatMap((days) =>
  [540, 600, 660, 840, 900].map((minutes) => slot(at(days, minutes), at(days, minutes + 60))),
);

const BOOKING: Booking = {
  id: "booking",
  seeker: GRETA,
  consultant: ADA,
  slot_id: "slot",
  status: "confirmed",
  message: "Our nightly report has become slow. Could we look at its plan together?",
  scheduled_start: at(2, 600),
  scheduled_end: at(2, 660),
  session_start_time: null,
  session_end_time: null,
  duration_seconds: null,
  joint_seconds: null,
  absent: null,
  session_url: null,
  reschedule: null,
  unread_messages: 0,
  amount: 12_000,
  currency: "eur",
  commission_amount: 1800,
  charged: null,
  earned: null,
  payment_intent_id: null,
  payment_status: "none",
  payment_failure: null,
  payment_deadline: null,
  respond_by: at(1, 720),
  rating: null,
  ...STAMPS,
};

const OVER = { scheduled_start: at(-2, 600), scheduled_end: at(-2, 660) };

const BY_STATUS: Record<Status, Partial<Booking>> = {
  requested: {},
  accepted: { payment_status: "authorizing" },
  payment_failed: {
    payment_status: "failed",
    payment_failure: "card_declined",
    payment_deadline: at(1, 720),
    unread_messages: 2,
  },
  confirmed: { payment_status: "authorized" },
  in_progress: { payment_status: "authorized", session_start_time: new Date(NOW - 240_000).toISOString() },
  completed: { ...OVER, payment_status: "captured", duration_seconds: 3300, charged: 12_000, earned: 10_200 },
  declined: { ...OVER, charged: 0, earned: 0 },
  cancelled: { ...OVER, payment_status: "captured", charged: 6000, earned: 5100 },
  expired: { ...OVER, charged: 0, earned: 0 },
  no_show: { ...OVER, payment_status: "released", absent: "consultant", charged: 0, earned: 0 },
};

/** A booking in each status. */
export const BOOKINGS: Booking[] = Object.entries(BY_STATUS).map(([status, more]) => ({
  ...BOOKING,
  ...more,
  id: `booking-${status}`,
  status: status as Status,
}));

export const bookingIn = (status: Status): Booking =>
  BOOKINGS.find((one) => one.status === status) ?? BOOKING;

const entry = (
  days: number,
  actor: TimelineEntry["actor"],
  event: string,
  detail: TimelineEntry["detail"] = {},
): TimelineEntry => ({ at: at(days, 600), actor, event, detail });

export const TIMELINE: TimelineEntry[] = [
  entry(-5, "seeker", "booking.requested"),
  entry(-4, "consultant", "booking.accepted"),
  entry(-4, "system", "payment.failed", { amount: 12_000, currency: "eur", reason: "card_declined" }),
  entry(-4, "seeker", "payment_method.changed"),
  entry(-3, "system", "payment.authorized", { amount: 12_000, currency: "eur" }),
  entry(-3, "system", "booking.confirmed"),
  entry(-2, "seeker", "session.started"),
  entry(-2, "consultant", "session.ended"),
  entry(-2, "system", "payment.captured", { amount: 12_000, currency: "eur" }),
  entry(-2, "seeker", "session.rated", { score: 5 }),
];
