/** Dates, clocks, weeks, numbers and money as readers in other places write them. */
import { afterEach, describe, expect, it } from "vitest";
import type { Language } from "./i18n/languages";
import { useLocale } from "./i18n/locale";
import { formatBasisPoints, formatNumber, languageName } from "./i18n/numbers";
import { compactMoney, majorText, money, parseMoney } from "./money";
import { clockTime, date, dayLabel, firstWeekday, relative, span, timeOfDay, wall, weekStart } from "./time";

const AT = "2026-11-23T13:05:00Z";
const read = (language: Language, locale: string) => useLocale.setState({ language, locale });
/** `Intl` separates with narrow and no-break spaces, which ones depends on its version. */
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f\u200e\u200f\u061c]/g, " ");

afterEach(() => read("en", "en-GB"));

describe("in the United States", () => {
  it("the month comes first, the clock has twelve hours and the week begins on Sunday", () => {
    read("en", "en-US");
    expect(dayLabel("2026-11-23", { day: "2-digit", month: "2-digit" })).toBe("11/23");
    expect(plain(clockTime(AT, "UTC"))).toBe("1:05 PM");
    expect(plain(timeOfDay(0))).toBe("12:00 AM");
    expect(plain(span(AT, "2026-11-23T14:05:00Z", "UTC"))).toMatch(/Mon, Nov 23.*, 1:05 PM–2:05 PM$/);
    expect(firstWeekday()).toBe(0);
    expect(weekStart("2026-11-23")).toBe("2026-11-22");
    expect(weekStart("2026-11-22")).toBe("2026-11-22");
  });
});

describe("in Germany", () => {
  it("dates, money and numbers are written with points and commas", () => {
    read("de", "de-DE");
    expect(dayLabel("2026-11-23", { day: "2-digit", month: "2-digit" })).toBe("23.11.");
    expect(clockTime(AT, "UTC")).toBe("13:05");
    expect(firstWeekday()).toBe(1);
    expect(plain(money(125050, "eur"))).toBe("1.250,50 €");
    expect(formatNumber(1234.5)).toBe("1.234,5");
    expect(plain(formatBasisPoints(1250))).toBe("12,5 %");
    expect(languageName("cs")).toBe("Tschechisch");
    expect(languageName("not a language")).toBe("not a language");
    expect(relative(3 * 3_600_000, 0)).toBe("in 3 Stunden");
  });

  it("what a field shows is read back as the same amount", () => {
    read("de", "de-DE");
    expect(majorText(125050, "eur")).toBe("1250,50");
    expect(parseMoney(majorText(125050, "eur"), "eur")).toBe(125050);
  });
});

describe("in Arabic", () => {
  it("the week begins on Saturday, and the year is that of the Gregorian calendar", () => {
    read("ar", "ar-SA");
    expect(wall(AT, "UTC").day).toBe("2026-11-23");
    expect(date("2024-11-23T13:05:00Z", "UTC")).toMatch(/٢٠٢٤/);
    read("ar", "ar-EG");
    expect(firstWeekday()).toBe(6);
    expect(weekStart("2026-11-23")).toBe("2026-11-21");
  });

  it("amounts may be typed in Arabic digits, and fields show the digits that every keyboard has", () => {
    read("ar", "ar-EG");
    expect(parseMoney("١٬٢٥٠٫٥٠", "eur")).toBe(125050);
    expect(majorText(125050, "eur")).toBe("1250.50");
    expect(parseMoney(majorText(125050, "eur"), "eur")).toBe(125050);
  });
});

it("the axis of a chart has short amounts", () => {
  expect(compactMoney(1_250_000, "eur")).toMatch(/^€12\.5k$/i);
});
