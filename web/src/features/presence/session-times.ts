/** When a session can begin and when it is over without anybody's doing, by the marketplace's settings. */
import type { Booking } from "@/features/booking/api";
import type { Config } from "@/lib/config";
import { MINUTE } from "@/lib/time";

/** How long a party is waited for after the scheduled start: fixed, no setting. */
const ABSENT_AFTER = 15 * MINUTE;

/** From when on the session can be started, and being there counts. */
export function opensAt(booking: Booking, config: Pick<Config, "start_early_seconds">): number {
  return Date.parse(booking.scheduled_start) - config.start_early_seconds * 1000;
}

/** Whether one can come in `at` that time. */
export function isOpen(booking: Booking, config: Config | null, at: number): boolean {
  if (booking.status === "in_progress") return true;
  return (
    booking.status === "confirmed" &&
    config !== null &&
    at >= opensAt(booking, config) &&
    at < Date.parse(booking.scheduled_end)
  );
}

/** From when on a party that has not come is absent. */
export function absentFrom(booking: Booking): number {
  return Math.min(Date.parse(booking.scheduled_start) + ABSENT_AFTER, Date.parse(booking.scheduled_end));
}

/** When a session that nobody ends is over. */
export function endsItselfAt(booking: Booking, config: Pick<Config, "auto_end_after_seconds">): number {
  return Date.parse(booking.scheduled_end) + config.auto_end_after_seconds * 1000;
}
