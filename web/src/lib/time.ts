/**
 * Instants are UTC; people think in wall-clock time. Everything between the two is here, by the browser's own zone data,
 * and written as the reader's locale does: 23/11 or 11/23, 13:00 or 1:00 PM, weeks from Monday, Sunday or Saturday.
 */
import { serverNow } from "./clock";
import { t } from "./i18n/i18n";
import { readerLocale } from "./i18n/locale";
import { formatNumber } from "./i18n/numbers";
import { memo } from "./memo";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A day of a calendar, without a zone: "2026-11-23". */
export type Day = string;

/** Whether the text is a day of the calendar: "2026-02-30" and "2026-13-01" only look like one. */
export function isDay(text: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T12:00:00Z`) : NaN;
  // JavaScript takes 30 February for 2 March.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Every service of the marketplace counts by the Gregorian calendar, also where another one is usual. */
function format(
  zone: string,
  options: Intl.DateTimeFormatOptions,
  locale: string = readerLocale().locale,
): Intl.DateTimeFormat {
  return memo(
    formats,
    locale + zone + JSON.stringify(options),
    () => new Intl.DateTimeFormat(locale, { timeZone: zone, calendar: "gregory", ...options }),
  );
}

const PARTS: Intl.DateTimeFormatOptions = {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
};

type Wall = Readonly<{ day: Day; minutes: number }>;

/** Lists ask for the same instants again and again, and the answer takes some ten microseconds each time. */
const walls = new Map<string, Wall>();
const MOST_WALLS = 5000;

/** The day and the minutes since its midnight that a clock on the wall of `zone` shows. */
export function wall(instant: number | string, zone: string): Wall {
  if (walls.size >= MOST_WALLS) walls.clear();
  const at = typeof instant === "string" ? Date.parse(instant) : instant;
  return memo(walls, `${at} ${zone}`, () => readWall(at, zone));
}

function readWall(at: number, zone: string): Wall {
  const part: Record<string, string> = {};
  for (const { type, value } of format(zone, PARTS, "en-GB").formatToParts(at)) part[type] = value;
  return {
    day: `${part["year"]}-${part["month"]}-${part["day"]}`,
    minutes: Number(part["hour"]) * 60 + Number(part["minute"]),
  };
}

/**
 * The instant at which a wall clock in `zone` shows this. A time that occurs twice is the first of the two; one that is
 * skipped when the clocks go forward is moved on by the gap, as calendars do.
 */
export function instant(day: Day, minutes: number, zone: string): number {
  const asUtc = Date.parse(`${day}T00:00:00Z`) + minutes * MINUTE;
  const before = asUtc - offsetAt(asUtc - DAY, zone);
  const after = asUtc - offsetAt(asUtc + DAY, zone);
  const shows = (candidate: number) => candidate + offsetAt(candidate, zone) === asUtc;
  if (shows(before)) return before;
  return shows(after) ? after : before;
}

function offsetAt(at: number, zone: string): number {
  const { day, minutes } = wall(at, zone);
  return Date.parse(`${day}T00:00:00Z`) + minutes * MINUTE - Math.floor(at / MINUTE) * MINUTE;
}

export function today(zone: string, now = serverNow()): Day {
  return wall(now, zone).day;
}

export function addDays(day: Day, count: number): Day {
  return new Date(Date.parse(`${day}T12:00:00Z`) + count * DAY).toISOString().slice(0, 10);
}

/** 0 is Sunday, as in `Date`. */
export function weekday(day: Day): number {
  return new Date(`${day}T12:00:00Z`).getUTCDay();
}

/** The day on which the reader's weeks begin: 0 is Sunday, 1 Monday, 6 Saturday. */
export function firstWeekday(): number {
  const locale: LocaleWithWeek = new Intl.Locale(readerLocale().locale);
  // Older browsers have the property, newer ones the method, and some neither: then it is ISO 8601's Monday.
  return ((locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1) % 7;
}

type LocaleWithWeek = Intl.Locale & {
  getWeekInfo?: () => { firstDay: number };
  weekInfo?: { firstDay: number };
};

/** The first day of the reader's week that has this day. */
export function weekStart(day: Day): Day {
  return addDays(day, -((weekday(day) - firstWeekday() + 7) % 7));
}

export function week(start: Day): Day[] {
  return Array.from({ length: 7 }, (_, index) => addDays(start, index));
}

/** "Mon 23 Nov" for a calendar day. */
export function dayLabel(day: Day, options?: Intl.DateTimeFormatOptions): string {
  return format("UTC", options ?? { weekday: "short", day: "numeric", month: "short" }).format(
    Date.parse(`${day}T12:00:00Z`),
  );
}

/** "09:30"; "9:30 AM" where the clock has twelve hours. */
export function clockTime(at: number | string, zone: string): string {
  return format(zone, { timeStyle: "short" }).format(asDate(at));
}

/** The same for the minutes since midnight, on any day: 570 → "09:30". The end of the day is "00:00". */
export function timeOfDay(minutes: number): string {
  return clockTime(minutes * MINUTE, "UTC");
}

/** What is printed or kept says the year always; elsewhere it is left out when it is this one. */
type Dated = { year?: "always" };

/** "Mon, 23 Nov 2026, 09:30". */
export function dateTime(at: number | string, zone: string, dated: Dated = {}): string {
  return t("{date}, {time}", { date: date(at, zone, dated), time: clockTime(at, zone) });
}

/** "Mon, 23 Nov 2026"; the year only when it isn't this one, or always. */
export function date(at: number | string, zone: string, { year }: Dated = {}): string {
  // Of the whole minute: within it, every date of a list asks for the same.
  const now = Math.floor(serverNow() / MINUTE) * MINUTE;
  const thisYear = today(zone, now).slice(0, 4) === wall(at, zone).day.slice(0, 4);
  return format(zone, {
    weekday: "short",
    day: "numeric",
    month: "short",
    ...(thisYear && year !== "always" ? {} : { year: "numeric" }),
  }).format(asDate(at));
}

/** "Mon, 23 Nov, 09:30–10:30", with the second day when it ends on another one. */
export function span(start: string, end: string, zone: string, dated: Dated = {}): string {
  const sameDay = wall(start, zone).day === wall(end, zone).day;
  const until = sameDay ? clockTime(end, zone) : dateTime(end, zone, dated);
  return t("{start}–{end}", { start: dateTime(start, zone, dated), end: until });
}

/** "Europe/Prague" → "Prague, GMT+1"; "UTC" is its own name. */
export function zoneName(zone: string, at: number = serverNow()): string {
  if (zone === "UTC") return zone;
  const offset = format(zone, { timeZoneName: "shortOffset" })
    .formatToParts(at)
    .find((part) => part.type === "timeZoneName")?.value;
  const city = (zone.split("/").pop() ?? zone).replaceAll("_", " ");
  return offset && offset !== city ? `${city}, ${offset}` : city;
}

/** "2 h 30 min"; "45 min". */
export function length(ms: number): string {
  const minutes = Math.round(ms / MINUTE);
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return t("{minutes, number} min", { minutes });
  if (minutes % 60 === 0) return t("{hours, number} h", { hours });
  return t("{hours, number} h {minutes, number} min", { hours, minutes: minutes % 60 });
}

/** "09:59", "1:02:03". */
export function stopwatch(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => formatNumber(value, { minimumIntegerDigits: 2 });
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return hours ? `${formatNumber(hours)}:${rest}` : rest;
}

const relatives = new Map<string, Intl.RelativeTimeFormat>();

/** "in 3 h", "2 days ago": the largest unit that fits. */
export function relative(at: number | string, now = serverNow()): string {
  const distance = (typeof at === "string" ? Date.parse(at) : at) - now;
  const size = Math.abs(distance);
  if (size < MINUTE) return distance >= 0 ? t("in less than a minute") : t("just now");
  const [unit, length_]: [Intl.RelativeTimeFormatUnit, number] =
    size < HOUR ? ["minute", MINUTE] : size < 2 * DAY ? ["hour", HOUR] : ["day", DAY];
  const { locale } = readerLocale();
  const format = memo(relatives, locale, () => new Intl.RelativeTimeFormat(locale, { numeric: "always" }));
  return format.format(Math.trunc(distance / length_), unit);
}

function asDate(at: number | string): Date {
  return new Date(at);
}
