import dayjs from "dayjs";
import { t } from "@/lib/i18n/i18n";
import { readerLocale } from "@/lib/i18n/locale";
import { type Day, dayLabel, isDay } from "@/lib/time";
import { dayjsLocale } from "./locale-dates";

/** Marks that say in which direction text is written; they are not seen. */
const DIRECTION_MARKS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const SHORTEST_ABBREVIATION = 3;

/** Years before and after are slips. With some of them `Intl` and `Date` also write no four digits, and instants fail. */
const FIRST_DAY: Day = "1900-01-01";
const LAST_DAY: Day = "2999-12-31";

/**
 * The day that somebody has typed: in figures in the reader's order, with the name of the month, as the field itself
 * shows it, or by ISO 8601. Null for everything else, also while the year is not typed to its end: a day is never
 * guessed. The name of a weekday is passed over, since the rest of the date says which day it is.
 */
export function readDay(typed: string): Day | null {
  const { locale } = readerLocale();
  const text = inLatinDigits(typed.normalize("NFKC").replace(DIRECTION_MARKS, "")).toLocaleLowerCase(locale);
  if (!/^[\p{L}\p{M}\d\s.,،/-]*$/u.test(text)) return null;
  const numbers = text.match(/\d+/g) ?? [];
  const weekdays = names(7, { weekday: "long" }, { weekday: "short" }, "dddd", "ddd").flat();
  const words = (text.match(/[\p{L}\p{M}]+/gu) ?? []).filter((word) => !weekdays.includes(word));
  const parts = words.length ? withMonth(words.join(" "), numbers) : inFigures(numbers);
  if (!parts) return null;
  const { year, month, day } = parts;
  const read = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  return isDay(read) && read >= FIRST_DAY && read <= LAST_DAY ? read : null;
}

/** What is said of a text that is no date: how one is written here. */
export function dayWanted(): string {
  const example = dayLabel("2027-12-31", { year: "numeric", month: "numeric", day: "numeric" });
  return t("Enter a date, for example {example}.", { example });
}

/** What is said of a day before the first or after the last that can be chosen; null of one between them. */
export function outOfRange(day: Day, first?: Day, last?: Day): string | null {
  const written = (one: Day) => dayLabel(one, { day: "numeric", month: "long", year: "numeric" });
  if (first && day < first) return t("Choose {day} or a later day.", { day: written(first) });
  if (last && day > last) return t("Choose {day} or an earlier day.", { day: written(last) });
  return null;
}

type Parts = { year: string; month: string; day: string };

function withMonth(word: string, numbers: string[]): Parts | null {
  const months = names(12, { month: "long" }, { month: "short" }, "MMMM", "MMM");
  const exact = months.findIndex((one) => one.includes(word));
  const begun = months.flatMap((one, index) => (one.some((name) => name.startsWith(word)) ? [index] : []));
  const abbreviated = word.length >= SHORTEST_ABBREVIATION && begun.length === 1 ? begun[0] : undefined;
  const month = exact >= 0 ? exact : abbreviated;
  const [year, ...more] = numbers.filter((number) => number.length === 4);
  const [day] = numbers.filter((number) => number.length < 4);
  if (month === undefined || !year || !day || more.length || numbers.length !== 2) return null;
  return { year, month: String(month + 1), day };
}

function inFigures(numbers: string[]): Parts | null {
  const [first, second, third] = numbers;
  if (!first || !second || !third || numbers.length !== 3) return null;
  // Where the year comes first, the month follows, whatever the locale.
  if (first.length === 4) return { year: first, month: second, day: third };
  if (third.length !== 4) return null;
  const order = orderOfParts();
  if (order === "day month year") return { day: first, month: second, year: third };
  if (order === "month day year") return { month: first, day: second, year: third };
  return null;
}

function orderOfParts(): string {
  const numeric = { calendar: "gregory", year: "numeric", month: "numeric", day: "numeric" } as const;
  return new Intl.DateTimeFormat(readerLocale().locale, numeric)
    .formatToParts()
    .map(({ type }) => type)
    .filter((type) => type === "day" || type === "month" || type === "year")
    .join(" ");
}

/**
 * For each of the twelve months, or of seven days, the names by which it may be written: those of `Intl`, and those of
 * dayjs, which has the common ones where those of an Arabic region are others. Without full stops, as in the typed text.
 */
function names(
  count: number,
  long: Intl.DateTimeFormatOptions,
  short: Intl.DateTimeFormatOptions,
  ...ofDayjs: string[]
): string[][] {
  const { locale } = readerLocale();
  return Array.from({ length: count }, (_, index) => {
    const day = count === 12 ? `2026-${String(index + 1).padStart(2, "0")}-01` : `2026-11-0${index + 1}`;
    const written = ofDayjs.map((format) => dayjs(day).locale(dayjsLocale(readerLocale())).format(format));
    return [dayLabel(day, long), dayLabel(day, short), ...written].map((name) =>
      (name.toLocaleLowerCase(locale).match(/[\p{L}\p{M}]+/gu) ?? []).join(" "),
    );
  });
}

/** Arabic and Persian digits as 0 to 9. */
function inLatinDigits(text: string): string {
  return text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf));
}
