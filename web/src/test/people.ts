/** Who and what the component tests are about. */
import type { Booking } from "@/features/booking/api";
import type { Profile, Slot } from "@/features/directory/api";
import { type User, signIn } from "@/lib/api/session";

const CREATED = "2026-11-01T08:00:00Z";

export const seeker: User = {
  id: "seeker-1",
  email: "sam@example.org",
  email_verified: true,
  first_name: "Sam",
  last_name: "Seek",
  role: "seeker",
  is_active: true,
  time_zone: "Europe/Prague",
  language: null,
  created_at: CREATED,
  updated_at: CREATED,
};
export const consultant: User = {
  ...seeker,
  id: "consultant-1",
  email: "cora@example.org",
  first_name: "Cora",
  last_name: "Consult",
  role: "consultant",
};

/** In this browser, from now on. */
export function signedIn(user: User): User {
  signIn({ user, access_token: "token", expires_in: 900 });
  return user;
}

export const expert: Profile = {
  consultant_id: consultant.id,
  first_name: consultant.first_name,
  last_name: consultant.last_name,
  headline: "Makes slow databases fast",
  bio: "Twenty years of it.",
  expertise_tags: ["postgresql"],
  languages: ["en"],
  hourly_rate: 12000,
  currency: "eur",
  average_rating: 4.5,
  rating_count: 2,
  next_available_at: null,
  photo_url: null,
  verified: false,
  created_at: CREATED,
  updated_at: CREATED,
};

export const slot = (start_time: string, end_time: string, more: Partial<Slot> = {}): Slot => ({
  id: start_time,
  consultant_id: consultant.id,
  start_time,
  end_time,
  is_booked: false,
  created_at: CREATED,
  updated_at: CREATED,
  ...more,
});

/** One for an hour at 10:00 UTC on 23 November 2026, for €120. */
export const booking = (more: Partial<Booking> = {}): Booking => ({
  id: "booking-1",
  seeker: { id: seeker.id, first_name: seeker.first_name, last_name: seeker.last_name },
  consultant: { id: consultant.id, first_name: consultant.first_name, last_name: consultant.last_name },
  slot_id: "slot-1",
  status: "confirmed",
  message: null,
  scheduled_start: "2026-11-23T10:00:00Z",
  scheduled_end: "2026-11-23T11:00:00Z",
  session_start_time: null,
  session_end_time: null,
  duration_seconds: null,
  joint_seconds: null,
  absent: null,
  session_url: null,
  reschedule: null,
  unread_messages: 0,
  amount: 12000,
  currency: "eur",
  commission_amount: 1800,
  charged: null,
  earned: null,
  payment_intent_id: null,
  payment_status: "authorized",
  payment_failure: null,
  payment_deadline: null,
  respond_by: "2026-11-23T10:00:00Z",
  rating: null,
  created_at: CREATED,
  updated_at: CREATED,
  ...more,
});
