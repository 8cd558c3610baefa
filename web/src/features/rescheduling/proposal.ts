/** What can be done about another time for a booking, and by whom. */
import type { Booking } from "@/lib/api/types";
import type { Side } from "@/features/booking/labels";
import type { Proposal } from "./api";

const MOVABLE: readonly Booking["status"][] = ["requested", "accepted", "confirmed"];

/** The proposal that waits for an answer; null when there is none, or its time is over. */
export function openProposal(booking: Booking, now: number): Proposal | null {
  const { reschedule } = booking;
  return reschedule && now < Date.parse(reschedule.expires_at) ? reschedule : null;
}

/** Whether another time can be proposed. */
export function canPropose(booking: Booking, now: number): boolean {
  return (
    MOVABLE.includes(booking.status) &&
    booking.reschedule === null &&
    now < Date.parse(booking.scheduled_start)
  );
}

/** Whether `side` moves the booking at once, with nobody to agree: a request that was not answered yet. */
export function movesAtOnce(booking: Booking, side: Side): boolean {
  return side === "seeker" && booking.status === "requested";
}

/** Whether a slot can take the place of the booking's: another one, as long. */
export function isSameLength(booking: Booking, slot: { id: string; start_time: string; end_time: string }) {
  const length = Date.parse(booking.scheduled_end) - Date.parse(booking.scheduled_start);
  return slot.id !== booking.slot_id && Date.parse(slot.end_time) - Date.parse(slot.start_time) === length;
}
