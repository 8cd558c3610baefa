import { addDays, dayLabel } from "@/lib/time";

/** "Monday" for 0. */
export function weekdayName(weekday: number): string {
  // Any Monday will do.
  return dayLabel(addDays("2024-01-01", weekday), { weekday: "long" });
}
