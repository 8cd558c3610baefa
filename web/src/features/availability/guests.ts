import { fullName } from "@/components/ui/person";
import { useActiveBookings } from "@/features/booking/queries";
import type { Booking } from "@/lib/api/types";
import type { Slot } from "./api";

/** Who has a slot, or is offered it instead of the time that they have. */
export type Guest = { name: string; bookingId: string };

/** The guests of one's booked slots, by slot; those of bookings that are over are not known. */
export function guestsOf(bookings: Booking[]): Map<string, Guest> {
  const guests = new Map<string, Guest>();
  for (const { id, seeker, slot_id, reschedule } of bookings) {
    const guest = { name: fullName(seeker), bookingId: id };
    guests.set(slot_id, guest);
    if (reschedule) guests.set(reschedule.slot_id, guest);
  }
  return guests;
}

export function useGuests(): (slot: Slot) => Guest | null {
  const { data } = useActiveBookings();
  const guests = guestsOf(data ?? []);
  return (slot) => guests.get(slot.id) ?? null;
}
