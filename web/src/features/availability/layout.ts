/** Where slots stand in a week's grid: days are columns, minutes since midnight are heights. Pure. */
import { t } from "@/lib/i18n/i18n";
import {
  type Day,
  MINUTE,
  addDays,
  clockTime,
  instant,
  length as inWords,
  timeOfDay,
  wall,
} from "@/lib/time";
import type { Slot } from "./api";

export const STEP = 15;
export const LONGEST = 8 * 60;
const DAY_MINUTES = 24 * 60;

/** A time as a clock on the wall shows it: `minutes` since the midnight of the day. */
export type WallTime = { day: Day; minutes: number };

/** `lane` of `lanes`: side by side where two stand at the same hours of the clock, which is put back between them. */
export type Block = { slot: Slot; day: Day; from: number; to: number; lane: number; lanes: number };

/** Whether nobody has booked the slot, and nobody can any more: it has begun. */
export function isPast(slot: Slot, now: number): boolean {
  return !slot.is_booked && Date.parse(slot.start_time) <= now;
}

/** A slot's part in each day that it touches: one that runs past midnight is drawn in both. */
export function blocks(slots: Slot[], zone: string): Block[] {
  const found: Block[] = slots.flatMap((slot) => {
    const start = wall(slot.start_time, zone);
    const end = wall(slot.end_time, zone);
    const alone = { slot, lane: 0, lanes: 1 };
    if (start.day !== end.day) {
      const first = { ...alone, day: start.day, from: start.minutes, to: DAY_MINUTES };
      return end.minutes === 0 ? [first] : [first, { ...alone, day: end.day, from: 0, to: end.minutes }];
    }
    // As long as it takes, also where the clock is put back meanwhile and shows no later time at its end.
    const length = (Date.parse(slot.end_time) - Date.parse(slot.start_time)) / MINUTE;
    const to = end.minutes > start.minutes ? end.minutes : Math.min(start.minutes + length, DAY_MINUTES);
    return [{ ...alone, day: start.day, from: start.minutes, to }];
  });
  found.forEach((block, index) => {
    const before = found
      .slice(0, index)
      .find((one) => one.day === block.day && one.from < block.to && block.from < one.to);
    if (!before) return;
    Object.assign(before, { lane: 0, lanes: 2 });
    Object.assign(block, { lane: 1, lanes: 2 });
  });
  return found;
}

/** The span between where the pointer went down and where it is: the nearest quarters of an hour, within one day. */
export function drawn(down: number, now: number): { from: number; to: number } {
  const snap = (minutes: number) => Math.max(0, Math.min(DAY_MINUTES, Math.round(minutes / STEP) * STEP));
  const from = Math.min(snap(down), snap(now), DAY_MINUTES - STEP);
  const to = Math.max(snap(down), snap(now), from + STEP);
  return { from, to: Math.min(to, from + LONGEST) };
}

/** What forms start with when no time was pointed at: 9:00 on the first day of the shown week, but tomorrow at the soonest. */
export function morning(first: Day, today: Day): WallTime {
  return { day: first > today ? first : addDays(today, 1), minutes: 9 * 60 };
}

/**
 * Cuts a span of the wall clock into sessions of `length` minutes; what is left over at the end is dropped. Sessions
 * are reckoned in instants: each takes its length, however the clocks change meanwhile. A span around the hour that is
 * put back has room for more of them, one around the hour that is skipped for fewer.
 */
export function sessions(
  day: Day,
  from: number,
  to: number,
  length: number,
  zone: string,
): { start_time: string; end_time: string }[] {
  const found = [];
  const end = firstAt(day, to, zone);
  const step = length * MINUTE;
  for (let at = firstAt(day, from, zone); at + step <= end; at += step)
    found.push({ start_time: new Date(at).toISOString(), end_time: new Date(at + step).toISOString() });
  return found;
}

/** The first instant of a day at which the wall clock shows this time or, where it is skipped, a later one. */
export function firstAt(day: Day, minutes: number, zone: string): number {
  const date = minutes >= DAY_MINUTES ? addDays(day, 1) : day;
  const wanted = minutes % DAY_MINUTES;
  const at = instant(date, wanted, zone);
  const clock = (when: number) => {
    const shown = wall(when, zone);
    return Date.parse(`${shown.day}T00:00:00Z`) + shown.minutes * MINUTE;
  };
  const gap = clock(at) - (Date.parse(`${date}T00:00:00Z`) + wanted * MINUTE);
  if (gap <= 0) return at;
  // `instant` has moved it on by the gap, and the clocks change somewhere within.
  const offset = (when: number) => clock(when) - when;
  let [before, after] = [at - gap, at];
  while (after - before > MINUTE) {
    const middle = before + Math.floor((after - before) / MINUTE / 2) * MINUTE;
    if (offset(middle) === offset(at)) after = middle;
    else before = middle;
  }
  return after;
}

/** What is wrong with sessions of so many minutes, in words; null when nothing is. */
export function lengthObjection(minutes: number, shortest: number): string | null {
  if (minutes < shortest) return t("A session takes at least {time}.", { time: inWords(shortest * MINUTE) });
  if (minutes > LONGEST) return t("A session takes at most 8 hours.");
  return null;
}

/** What is wrong with a new span, in words; null when nothing is. `shortest` and `length` are minutes. */
export function objection(
  day: Day,
  from: number,
  to: number,
  length: number,
  shortest: number,
  existing: Slot[],
  zone: string,
  now: number,
): string | null {
  if (to <= from) return t("The end must be after the start.");
  const wrongLength = lengthObjection(length, shortest);
  if (wrongLength) return wrongLength;
  const wanted = sessions(day, from, to, length, zone);
  if (wanted.length === 0)
    return firstAt(day, from, zone) === firstAt(day, to, zone)
      ? t("The clocks go forward that day and skip this time.")
      : t("This is shorter than one session.");
  const start = Date.parse(wanted[0]?.start_time ?? "");
  if (start < now) return t("This time has passed.");
  const clash = existing.find((slot) =>
    wanted.some(
      (one) =>
        Date.parse(one.start_time) < Date.parse(slot.end_time) &&
        Date.parse(slot.start_time) < Date.parse(one.end_time),
    ),
  );
  if (!clash) return null;
  const times = { start: clockTime(clash.start_time, zone), end: clockTime(clash.end_time, zone) };
  return clash.is_booked
    ? t("This overlaps your booked time from {start} to {end}.", times)
    : t("This overlaps your time from {start} to {end}.", times);
}

/** 570 → "09:30", as fields and the API write it; 1440 is "24:00". */
export function asTime(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/** "09:00–17:00" as the reader's clock has it: "9:00 AM–5:00 PM". What is no time stays as it is typed. */
export function hoursInWords({ start, end }: { start: string; end: string }): string {
  const shown = (text: string) => {
    const minutes = fromTime(text);
    return minutes === null ? text : timeOfDay(minutes);
  };
  return t("{start}–{end}", { start: shown(start), end: shown(end) });
}

/** "09:30" → 570; null when it isn't a time. "24:00" is the end of the day. */
export function fromTime(text: string): number | null {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text.trim());
  if (!found) return null;
  const minutes = Number(found[1]) * 60 + Number(found[2]);
  return minutes <= 24 * 60 && Number(found[2]) < 60 ? minutes : null;
}
