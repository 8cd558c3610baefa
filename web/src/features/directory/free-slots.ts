import { useLiveInterval } from "@/lib/live";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { type Day, instant } from "@/lib/time";
import { fetchFreeSlots } from "./api";

/** No time can be opened, and so none booked, further ahead: `MAX_SLOT_LEAD` of services/booking. */
export const FARTHEST_DAYS = 366;

/** The first day of a day's month. */
export function monthOf(day: Day): Day {
  return `${day.slice(0, 7)}-01`;
}

/** The first day of the month that is `count` months later. */
export function addMonths(month: Day, count: number): Day {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + count, 1)).toISOString().slice(0, 10);
}

/** An expert's free slots that start in a month of `zone`, kept up to date. */
export function useFreeSlots(expertId: string, month: Day, zone: string) {
  // Others book here too; a slower look than at one's own bookings is enough.
  const interval = Math.max(useLiveInterval(), 10_000);
  return useQuery({
    queryKey: keys.slots.free(expertId, month, zone),
    // From the first of the month, whatever this device takes for now: the server leaves out what has passed.
    queryFn: () =>
      fetchFreeSlots(
        expertId,
        new Date(instant(month, 0, zone)).toISOString(),
        new Date(instant(addMonths(month, 1), 0, zone)).toISOString(),
      ),
    refetchInterval: interval,
  });
}
