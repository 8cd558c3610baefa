import type { Booking } from "@/features/booking/api";

/** The address of a meeting that takes place on another site; null where it does here. */
export function meetingAddress(booking: Pick<Booking, "id" | "session_url">): string | null {
  if (!booking.session_url) return null;
  try {
    const { protocol, pathname } = new URL(booking.session_url);
    if (protocol !== "https:" && protocol !== "http:") return null;
    return pathname === `/session/${booking.id}` ? null : booking.session_url;
  } catch {
    return null;
  }
}
