import type { QueryClient } from "@tanstack/react-query";
import { type Status, fetchBooking } from "@/features/booking/api";
import { keys } from "@/lib/query-keys";

/**
 * Whether a booking has reached one of these states all the same, after a command on it was refused: the other party
 * may have done the same thing a moment before.
 */
export async function hasBecome(
  client: QueryClient,
  bookingId: string,
  wanted: readonly Status[],
): Promise<boolean> {
  try {
    const booking = await fetchBooking(bookingId);
    client.setQueryData(keys.bookings.one(bookingId), booking);
    return wanted.includes(booking.status);
  } catch {
    return false;
  }
}
