/** Weekly rules while they are edited: windows by day, each with an id that errors are told by. Pure. */
import { fieldMessage } from "@/lib/api/field-errors";
import { ApiProblem, type FieldError } from "@/lib/api/problem";
import { t } from "@/lib/i18n/i18n";
import type { Day } from "@/lib/time";
import { asTime, fromTime, hoursInWords, lengthObjection } from "./layout";
import type { NewRules, Rules } from "./rules-api";

/** A stretch of a day by the wall clock: "09:00" to "12:00"; "24:00" is the end of the day. */
export type Span = { id: string; start: string; end: string };
/** What replaces a date's weekly hours: closed when it has no spans. */
export type DayException = { date: Day; spans: Span[] };
export type Draft = Pick<
  Rules,
  "time_zone" | "slot_minutes" | "buffer_minutes" | "minimum_notice_minutes" | "horizon_days" | "daily_limit"
> & {
  /** By weekday, Monday first. */
  weekly: Span[][];
  exceptions: DayException[];
};
/** What is wrong, by field: a setting's name, `<span id>.start`, `<span id>.end`, or a date. */
export type Errors = Record<string, string>;

const DAY_MINUTES = 24 * 60;
export const SHORTEST_SPAN = 15;

let made = 0;
export const span = (start: string, end: string): Span => ({ id: `span-${++made}`, start, end });

/** What a consultant without rules begins with: working days, nine to five with a lunch break. */
export function newDraft(zone: string, shortest = 0): Draft {
  return {
    time_zone: zone,
    weekly: Array.from({ length: 7 }, (_, day) =>
      day < 5 ? [span("09:00", "12:00"), span("13:00", "17:00")] : [],
    ),
    slot_minutes: Math.max(60, shortest),
    buffer_minutes: 0,
    minimum_notice_minutes: 120,
    horizon_days: 60,
    daily_limit: null,
    exceptions: [],
  };
}

export function draftOf(rules: Rules): Draft {
  const weekly: Span[][] = Array.from({ length: 7 }, () => []);
  for (const { weekday, start, end } of rules.weekly) weekly[weekday - 1]?.push(span(start, end));
  const byDate = new Map<Day, Span[]>();
  for (const { date, start, end } of rules.exceptions) {
    const spans = byDate.get(date) ?? [];
    if (start && end) spans.push(span(start, end));
    byDate.set(date, spans);
  }
  const exceptions = [...byDate].map(([date, spans]) => ({ date, spans }));
  const { time_zone, slot_minutes, buffer_minutes, minimum_notice_minutes, horizon_days, daily_limit } =
    rules;
  return {
    time_zone,
    weekly,
    slot_minutes,
    buffer_minutes,
    minimum_notice_minutes,
    horizon_days,
    daily_limit,
    exceptions: inOrder(exceptions),
  };
}

/** The request, and which span or date each of its entries came from. */
export function requestOf(draft: Draft): { body: NewRules; sources: Record<string, string> } {
  const sources: Record<string, string> = {};
  const weekly = draft.weekly.flatMap((spans, day) =>
    spans.map(({ id, start, end }) => ({ id, entry: { weekday: day + 1, start, end } })),
  );
  weekly.forEach(({ id }, index) => (sources[`weekly[${index}]`] = id));
  type Entry = { id: string; entry: NonNullable<NewRules["exceptions"]>[number] };
  const exceptions = draft.exceptions.flatMap(({ date, spans }): Entry[] =>
    spans.length
      ? spans.map(({ id, start, end }) => ({ id, entry: { date, closed: false, start, end } }))
      : [{ id: date, entry: { date, closed: true } }],
  );
  exceptions.forEach(({ id }, index) => (sources[`exceptions[${index}]`] = id));
  return {
    body: {
      ...draft,
      weekly: weekly.map(({ entry }) => entry),
      exceptions: exceptions.map(({ entry }) => entry),
    },
    sources,
  };
}

/** What is wrong with the draft, by field; empty when nothing is. `shortest` is that of sessions, in minutes. */
export function errorsOf(draft: Draft, shortest = 0): Errors {
  const errors: Errors = {};
  const wrongLength = lengthObjection(draft.slot_minutes, shortest);
  if (wrongLength) errors["slot_minutes"] = wrongLength;
  for (const spans of [...draft.weekly, ...draft.exceptions.map((one) => one.spans)])
    Object.assign(errors, spanErrors(spans));
  return errors;
}

/** What is wrong with the windows of one day. */
export function spanErrors(spans: Span[]): Errors {
  const errors: Errors = {};
  const placed: { id: string; from: number; to: number }[] = [];
  for (const { id, start, end } of spans) {
    const from = fromTime(start);
    const to = fromTime(end);
    if (from === null || from === DAY_MINUTES) errors[`${id}.start`] = t("Enter a time, for example 09:30.");
    if (to === null) errors[`${id}.end`] = t("Enter a time, for example 09:30.");
    if (from === null || to === null) continue;
    if (to <= from) errors[`${id}.end`] = t("The end must be after the start.");
    else placed.push({ id, from, to });
  }
  placed.sort((a, b) => a.from - b.from);
  placed.forEach((one, index) => {
    const before = placed[index - 1];
    if (before && one.from < before.to)
      errors[`${one.id}.start`] = t("This overlaps {hours}.", {
        hours: hoursInWords({ start: asTime(before.from), end: asTime(before.to) }),
      });
  });
  return errors;
}

/** The server's complaints at the draft's own fields; what belongs to none of them is under `""`. */
export function serverErrors(error: unknown, draft: Draft, sources: Record<string, string>): Errors | null {
  if (!(error instanceof ApiProblem) || error.errors.length === 0) return null;
  const errors: Errors = {};
  const rest: string[] = [];
  for (const fault of error.errors) {
    const { field } = fault;
    const [, entry = "", part = ""] = /^(\w+\[\d+\])(?:\.(\w+))?/.exec(field) ?? [];
    const source = sources[entry];
    if (source !== undefined && source.startsWith("span-") && (part === "start" || part === "end"))
      errors[`${source}.${part}`] ??= inWords(fault);
    else if (source !== undefined) errors[dateOf(source, draft)] ??= inWords(fault);
    else if (field in draft) errors[field] ??= inWords(fault);
    else rest.push(inWords(fault));
  }
  if (rest.length) errors[""] = rest.join(" ");
  return errors;
}

/** The date of an exception's span; the id itself where it is a date already. */
function dateOf(id: string, draft: Draft): string {
  return draft.exceptions.find((one) => one.spans.some((each) => each.id === id))?.date ?? id;
}

function inWords(fault: FieldError): string {
  if (fault.code === "wrong_order") return t("The end must be after the start.");
  if (fault.code === "overlap") return t("This overlaps another time range on this day.");
  return `${fieldMessage(fault)}.`;
}

/** A day's hours, copied to others. */
export function copyDay(weekly: Span[][], from: number, to: readonly number[]): Span[][] {
  const source = weekly[from] ?? [];
  return weekly.map((spans, day) =>
    to.includes(day) ? source.map((one) => span(one.start, one.end)) : spans,
  );
}

/** A window more: an hour after the last one, or nine to five on a day without any. */
export function withAnother(spans: Span[]): Span[] {
  const last = Math.max(...spans.map((one) => fromTime(one.end) ?? 0), -1);
  if (last < 0) return [span("09:00", "17:00")];
  const from = Math.min(last + 60, DAY_MINUTES - 60);
  return [...spans, span(asTime(from), asTime(Math.min(from + 60, DAY_MINUTES)))];
}

export type Minutes = { from: number; to: number };

export function moved({ from, to }: Minutes, by: number): Minutes {
  const start = Math.max(0, Math.min(from + by, DAY_MINUTES - (to - from)));
  return { from: start, to: start + (to - from) };
}

/** With its start, or its end, at another minute of the day. */
export function resized(span_: Minutes, edge: "from" | "to", at: number): Minutes {
  return edge === "from"
    ? { ...span_, from: Math.max(0, Math.min(at, span_.to - SHORTEST_SPAN)) }
    : { ...span_, to: Math.min(DAY_MINUTES, Math.max(at, span_.from + SHORTEST_SPAN)) };
}

/** The exceptions with this date's hours replaced; `null` takes the exception away. */
export function withException(exceptions: DayException[], date: Day, spans: Span[] | null): DayException[] {
  const others = exceptions.filter((one) => one.date !== date);
  return inOrder(spans ? [...others, { date, spans }] : others);
}

/** The exceptions by date. */
export function inOrder(exceptions: DayException[]): DayException[] {
  return [...exceptions].sort((a, b) => a.date.localeCompare(b.date));
}

/** Whether both say the same, whatever their spans' ids. */
export function sameRules(one: Draft, other: Draft): boolean {
  return JSON.stringify(requestOf(one).body) === JSON.stringify(requestOf(other).body);
}
