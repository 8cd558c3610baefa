/**
 * The time that both parties have shared, which decides the charge. The server says how long that was and since when it
 * has been running; between two of its answers the page counts on, by the server's clock.
 */
import { type Meter, meterAfter } from "@/features/booking/free-period";
import type { Presence } from "./api";

/** For how long a heartbeat counts: what is older than that says nothing about now. */
const COUNTS_MS = 25_000;

/** All in milliseconds; `since` and `until` by the server's clock. */
export type JointTime = {
  /** The shared time before `since`. */
  before: number;
  /** Since when both have been there without a break; null while they are not. */
  since: number | null;
  /** How far the server's answer can be trusted to go on. */
  until: number;
};

/**
 * The shared time after an answer of the server that came at `now`. Its count is in whole seconds: what was shared before
 * is estimated once for each time that both have come, so that the seconds shown do not jump.
 */
export function jointTime(last: JointTime | null, presence: Presence, now: number): JointTime {
  const total = presence.joint_seconds * 1000;
  const until = now + COUNTS_MS;
  if (presence.since === null) return { before: total, since: null, until };
  const since = Date.parse(presence.since);
  const guess = total - (now - since);
  if (last && last.since === since && Math.abs(last.before - guess) < 2500) return { ...last, until };
  // Nothing was shared before, but for the rounding.
  const before = guess < 1500 ? 0 : guess + 500;
  return { before, since, until };
}

/** Milliseconds that both have shared `at` that time. */
export function sharedAt(joint: JointTime, at: number): number {
  if (joint.since === null) return joint.before;
  return joint.before + Math.max(0, Math.min(at, joint.until) - joint.since);
}

/** The free period, or the running time after it, `at` that time. */
export function jointMeter(joint: JointTime, freeSeconds: number, at: number): Meter {
  return meterAfter(sharedAt(joint, at), freeSeconds);
}
