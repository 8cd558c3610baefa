/** The marketplace's terms in words, as they apply to one booking at one moment. */
import type { Config } from "@/lib/config";
import { DAY, HOUR } from "@/lib/time";
import { formatDuration } from "./free-period";

type Terms = Pick<Config, "cancel_free_seconds" | "late_cancel_bps">;

/** What cancelling costs a seeker who books this time now; never promises a moment that has passed. */
export function cancellationPolicy(start: string, terms: Terms, now: number): string {
  const before = "You can cancel for free until the request is accepted";
  const share = percent(terms.late_cancel_bps);
  if (terms.late_cancel_bps === 0) return "You can cancel for free until the session starts.";
  if (now < Date.parse(start) - terms.cancel_free_seconds * 1000)
    return `You can cancel for free until ${lead(terms.cancel_free_seconds)} before the start; after that ${share} of the price is charged.`;
  return `${before}; after that ${share} of the price is charged, since the session starts in less than ${lead(terms.cancel_free_seconds)}.`;
}

/** 5000 → "50%", 1250 → "12.5%". */
export function percent(bps: number): string {
  return `${bps / 100}%`;
}

/** "24 hours", "2 days", "90 minutes". */
export function lead(seconds: number): string {
  const ms = seconds * 1000;
  const of = (count: number, unit: string) => `${count} ${unit}${count === 1 ? "" : "s"}`;
  if (ms >= 2 * DAY && ms % DAY === 0) return of(ms / DAY, "day");
  if (ms >= HOUR && ms % HOUR === 0) return of(ms / HOUR, "hour");
  return formatDuration(seconds);
}
