/** Where slots stand in a week's grid: days are columns, minutes since midnight are heights. Pure. */
import { type Day, addDays, instant, wall } from "@/lib/time";
import type { Slot } from "./api";

export const STEP = 15;
export const SHORTEST = 15;
export const LONGEST = 8 * 60;

export type Block = { slot: Slot; day: Day; from: number; to: number };

/** A slot's part in each day that it touches: one that runs past midnight is drawn in both. */
export function blocks(slots: Slot[], zone: string): Block[] {
  return slots.flatMap((slot) => {
    const start = wall(slot.start_time, zone);
    const end = wall(slot.end_time, zone);
    if (start.day === end.day) return [{ slot, day: start.day, from: start.minutes, to: end.minutes }];
    const first: Block = { slot, day: start.day, from: start.minutes, to: 24 * 60 };
    return end.minutes === 0 ? [first] : [first, { slot, day: end.day, from: 0, to: end.minutes }];
  });
}

/** The span between where the pointer went down and where it is, on the grid, within one day. */
export function drawn(down: number, now: number): { from: number; to: number } {
  const snap = (minutes: number) => Math.floor(minutes / STEP) * STEP;
  const from = Math.max(0, Math.min(snap(down), snap(now)));
  const to = Math.min(24 * 60, Math.max(snap(down), snap(now)) + STEP);
  return { from, to: Math.min(to, from + LONGEST) };
}

/** Cuts a span into sessions of `length` minutes; what is left over at the end is dropped. */
export function sessions(
  day: Day,
  from: number,
  to: number,
  length: number,
  zone: string,
): { start_time: string; end_time: string }[] {
  const found = [];
  for (let at = from; at + length <= to; at += length)
    found.push({
      start_time: new Date(onWall(day, at, zone)).toISOString(),
      end_time: new Date(onWall(day, at + length, zone)).toISOString(),
    });
  return found;
}

function onWall(day: Day, minutes: number, zone: string): number {
  return minutes >= 24 * 60 ? instant(addDays(day, 1), minutes - 24 * 60, zone) : instant(day, minutes, zone);
}

/** What is wrong with a new span, in words; null when nothing is. */
export function objection(
  day: Day,
  from: number,
  to: number,
  length: number,
  existing: Slot[],
  zone: string,
  now: number,
): string | null {
  if (to <= from) return "The end must be after the start.";
  if (length < SHORTEST) return "A session takes at least 15 minutes.";
  if (length > LONGEST) return "A session takes at most 8 hours.";
  const wanted = sessions(day, from, to, length, zone);
  if (wanted.length === 0) return "This is shorter than one session.";
  const start = Date.parse(wanted[0]?.start_time ?? "");
  if (start < now) return "This time has passed.";
  const clash = existing.find((slot) =>
    wanted.some(
      (one) =>
        Date.parse(one.start_time) < Date.parse(slot.end_time) &&
        Date.parse(slot.start_time) < Date.parse(one.end_time),
    ),
  );
  if (!clash) return null;
  const { minutes } = wall(clash.start_time, zone);
  const end = wall(clash.end_time, zone).minutes;
  return `This overlaps your ${clash.is_booked ? "booked " : ""}time from ${asTime(minutes)} to ${asTime(end)}.`;
}

/** 570 → "09:30". */
export function asTime(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/** "09:30" → 570; null when it isn't a time. "24:00" is the end of the day. */
export function fromTime(text: string): number | null {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text.trim());
  if (!found) return null;
  const minutes = Number(found[1]) * 60 + Number(found[2]);
  return minutes <= 24 * 60 && Number(found[2]) < 60 ? minutes : null;
}
