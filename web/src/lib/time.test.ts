import { useLocale } from "@/lib/i18n/locale";
import { describe, expect, it } from "vitest";
import {
  addDays,
  date,
  dateTime,
  instant,
  length,
  weekStart,
  relative,
  span,
  stopwatch,
  today,
  wall,
  week,
  weekday,
  zoneName,
} from "./time";

const iso = (at: number) => new Date(at).toISOString();

describe("wall clock and instant", () => {
  it("are each other's inverse on ordinary days, in any zone", () => {
    for (const zone of ["Europe/Prague", "America/St_Johns", "Asia/Kathmandu", "Pacific/Auckland", "UTC"])
      for (const minutes of [0, 1, 540, 1439])
        expect(wall(instant("2026-06-15", minutes, zone), zone)).toEqual({ day: "2026-06-15", minutes });
  });

  it("move a skipped time on by the gap", () => {
    // Clocks in Prague go from 02:00 to 03:00 on 29 March 2026.
    expect(iso(instant("2026-03-29", 150, "Europe/Prague"))).toBe("2026-03-29T01:30:00.000Z");
    expect(wall("2026-03-29T01:30:00Z", "Europe/Prague").minutes).toBe(210);
  });

  it("take the first of a time that occurs twice", () => {
    expect(iso(instant("2026-10-25", 150, "Europe/Prague"))).toBe("2026-10-25T00:30:00.000Z");
  });

  it("keep working where the clocks change at midnight", () => {
    // In Beirut 00:00 on 29 March 2026 does not exist.
    expect(wall(instant("2026-03-29", 0, "Asia/Beirut"), "Asia/Beirut")).toEqual({
      day: "2026-03-29",
      minutes: 60,
    });
  });

  it("know both days of a week with a change", () => {
    const hours = (from: string, to: string) =>
      (instant(to, 0, "Europe/Prague") - instant(from, 0, "Europe/Prague")) / 3_600_000;
    expect(hours("2026-03-29", "2026-03-30")).toBe(23);
    expect(hours("2026-10-25", "2026-10-26")).toBe(25);
  });
});

describe("calendar days", () => {
  it("count across months and leap days", () => {
    expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
    expect(addDays("2026-01-01", -1)).toBe("2025-12-31");
  });

  it("begin the week on Monday in Britain", () => {
    expect(weekday("2026-11-22")).toBe(0);
    expect(weekStart("2026-11-22")).toBe("2026-11-16");
    expect(week("2026-11-16")).toHaveLength(7);
  });
});

describe("words for times", () => {
  it("name the second day of a span past midnight", () => {
    expect(span("2027-01-01T22:30:00Z", "2027-01-02T00:30:00Z", "UTC")).toContain("Sat");
    expect(span("2027-01-01T10:00:00Z", "2027-01-01T11:00:00Z", "UTC")).toMatch(/10:00–11:00$/);
  });

  it("leave this year out, except where they are kept", () => {
    const at = `${today("UTC").slice(0, 4)}-06-15T10:00:00Z`;
    const year = at.slice(0, 4);
    expect(date(at, "UTC")).not.toContain(year);
    expect(dateTime(at, "UTC")).not.toContain(year);
    expect(date(at, "UTC", { year: "always" })).toContain(year);
    expect(dateTime(at, "UTC", { year: "always" })).toContain(year);
    expect(span(at, at, "UTC", { year: "always" })).toContain(year);
  });

  it("count down and up", () => {
    expect(stopwatch(599_000)).toBe("09:59");
    expect(stopwatch(3_723_000)).toBe("1:02:03");
    expect(stopwatch(-5)).toBe("00:00");
    expect(length(90 * 60_000)).toBe("1 h 30 min");
  });

  it("count in the digits of the reader's locale", () => {
    useLocale.setState({ language: "ar", locale: "ar-EG" });
    try {
      expect(stopwatch(3_723_000)).toBe("١:٠٢:٠٣");
    } finally {
      useLocale.setState({ language: "en", locale: "en-GB" });
    }
  });

  it("name a zone with its offset at that time", () => {
    expect(zoneName("Europe/Prague", Date.parse("2026-07-01T00:00:00Z"))).toBe("Prague, GMT+2");
    expect(zoneName("America/St_Johns", Date.parse("2026-01-01T00:00:00Z"))).toBe("St Johns, GMT-3:30");
    expect(zoneName("UTC")).toBe("UTC");
  });

  it("say how far away", () => {
    expect(relative(3 * 3_600_000, 0)).toBe("in 3 hours");
    expect(relative(-3 * 86_400_000, 0)).toBe("3 days ago");
    expect(relative(20_000, 0)).toBe("in less than a minute");
  });
});
