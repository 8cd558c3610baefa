import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Slot } from "./api";
import { DAY, MINUTE, addDays, instant, wall } from "@/lib/time";
import { zones } from "@/lib/zone";
import { useLocale } from "@/lib/i18n/locale";
import {
  asTime,
  blocks,
  drawn,
  firstAt,
  fromTime,
  hoursInWords,
  morning,
  objection,
  sessions,
} from "./layout";

const slot = (start: string, end: string, is_booked = false): Slot => ({
  id: start,
  consultant_id: "c",
  start_time: start,
  end_time: end,
  is_booked,
  created_at: start,
  updated_at: start,
});

describe("the morning that forms start with", () => {
  it.each([
    ["2026-11-30", "2026-11-25", "2026-11-30"],
    ["2026-11-23", "2026-11-25", "2026-11-26"],
    ["2026-11-23", "2026-11-23", "2026-11-24"],
    ["2026-11-23", "2026-11-29", "2026-11-30"],
  ])("in the week from %s, asked on %s, is that of %s", (first, today, day) => {
    expect(morning(first, today)).toEqual({ day, minutes: 9 * 60 });
  });
});

describe("drawing", () => {
  it("snaps to quarters of an hour, in both directions", () => {
    expect(drawn(547, 598)).toEqual({ from: 540, to: 600 });
    expect(drawn(598, 547)).toEqual({ from: 540, to: 600 });
  });

  it("ends where the pointer is, not a quarter of an hour later", () => {
    expect(drawn(13 * 60 + 2, 15 * 60 + 2)).toEqual({ from: 780, to: 900 });
    expect(drawn(15 * 60 + 2, 13 * 60 - 2)).toEqual({ from: 780, to: 900 });
  });

  it("stays within the day and within eight hours", () => {
    expect(drawn(1430, 2000).to).toBe(1440);
    expect(drawn(30, -50).from).toBe(0);
    expect(drawn(1440, 1440)).toEqual({ from: 1425, to: 1440 });
    expect(drawn(0, 1000)).toEqual({ from: 0, to: 480 });
  });
});

describe("slots in the grid", () => {
  it("past midnight stand in both days", () => {
    expect(blocks([slot("2026-11-23T23:00:00Z", "2026-11-24T01:00:00Z")], "UTC")).toMatchObject([
      { day: "2026-11-23", from: 1380, to: 1440 },
      { day: "2026-11-24", from: 0, to: 60 },
    ]);
  });

  it("of the hour that is put back are as high as they are long, side by side", () => {
    const both = [
      slot("2027-10-31T00:00:00Z", "2027-10-31T01:00:00Z"),
      slot("2027-10-31T01:00:00Z", "2027-10-31T02:00:00Z"),
    ];
    expect(blocks(both, "Europe/Berlin")).toMatchObject([
      { from: 120, to: 180, lane: 0, lanes: 2 },
      { from: 120, to: 180, lane: 1, lanes: 2 },
    ]);
  });

  it("that end at midnight stand in one", () => {
    expect(blocks([slot("2026-11-23T23:00:00Z", "2026-11-24T00:00:00Z")], "UTC")).toHaveLength(1);
  });
});

describe("sessions cut from a span", () => {
  it("fill it, and drop what is left over", () => {
    expect(sessions("2026-11-23", 540, 690, 60, "UTC").map((one) => one.start_time)).toEqual([
      "2026-11-23T09:00:00.000Z",
      "2026-11-23T10:00:00.000Z",
    ]);
  });

  it("take their length in real time where the clock is put back or forward", () => {
    const hours = (day: string, from: number, to: number, zone: string) =>
      sessions(day, from, to, 60, zone).map((one) => [
        one.start_time.slice(11, 16),
        one.end_time.slice(11, 16),
      ]);
    // 02:00 to 03:00 happens twice: room for two.
    expect(hours("2027-10-31", 120, 180, "Europe/Berlin")).toEqual([
      ["00:00", "01:00"],
      ["01:00", "02:00"],
    ]);
    // Half an hour is put back at 02:00: 01:00 to 02:00 takes 90 minutes, room for one.
    expect(hours("2027-04-04", 60, 120, "Australia/Lord_Howe")).toEqual([["14:00", "15:00"]]);
    // 02:00 to 03:00 is skipped: room for none there, and for one less around it.
    expect(hours("2027-03-28", 120, 180, "Europe/Berlin")).toEqual([]);
    expect(hours("2027-03-28", 60, 240, "Europe/Berlin")).toEqual([
      ["00:00", "01:00"],
      ["01:00", "02:00"],
    ]);
    // From within the gap: from its end.
    expect(hours("2027-03-28", 150, 240, "Europe/Berlin")).toEqual([["01:00", "02:00"]]);
  });

  it("may end at midnight", () => {
    expect(sessions("2026-11-23", 1380, 1440, 60, "UTC")[0]?.end_time).toBe("2026-11-24T00:00:00.000Z");
  });
});

describe("what is wrong with a span", () => {
  const existing = [slot("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", true)];
  const at = Date.parse("2026-11-23T08:00:00Z");
  const objects = (from: number, to: number, length = 60) =>
    objection("2026-11-23", from, to, length, 15, existing, "UTC", at);

  it("is nothing when it only touches another", () => {
    expect(objects(540, 600)).toBeNull();
    expect(objects(660, 720)).toBeNull();
  });

  it("is the overlap, with its times", () => {
    expect(objects(570, 630)).toBe("This overlaps your booked time from 10:00 to 11:00.");
  });

  it("is the past, the order, or the length", () => {
    expect(objects(420, 480)).toMatch(/passed/);
    expect(objects(600, 540)).toMatch(/after/);
    expect(objects(720, 750)).toMatch(/shorter/);
    expect(objects(720, 730, 10)).toBe("A session takes at least 15 min.");
  });
});

describe("times of day", () => {
  it("are read and written", () => {
    expect(asTime(570)).toBe("09:30");
    expect(fromTime("9:30")).toBe(570);
    expect(fromTime("24:00")).toBe(1440);
    for (const wrong of ["", "9", "25:00", "09:75", "noon"]) expect(fromTime(wrong)).toBeNull();
  });
});

/** The days of a year on which the clocks of a zone change: those that are not 24 hours long. */
function changeDays(year: number, zone: string): string[] {
  const length = (from: string, days: number) =>
    instant(addDays(from, days), 0, zone) - instant(from, 0, zone) - days * DAY;
  const found: string[] = [];
  for (let week = `${year}-01-01`; week.startsWith(String(year)); week = addDays(week, 7))
    if (length(week, 7) !== 0)
      for (let day = week; day < addDays(week, 7); day = addDays(day, 1)) if (length(day, 1)) found.push(day);
  return found;
}

describe("in every zone, on the days on which the clocks change and around them", () => {
  const days = zones().flatMap((zone) =>
    changeDays(2027, zone).flatMap((day) => [-1, 0, 1].map((by) => ({ zone, day: addDays(day, by) }))),
  );
  const quarter = fc.integer({ min: 0, max: 96 }).map((value) => value * 15);

  it("are some", () => {
    expect(days.length).toBeGreaterThan(100);
    expect(days).toContainEqual({ zone: "Australia/Lord_Howe", day: "2027-04-04" });
  });

  it("sessions take exactly their length, follow each other, and start within the span", () => {
    const cases = fc.record({
      where: fc.constantFrom(...days),
      from: quarter,
      to: quarter,
      length: fc.integer({ min: 1, max: 32 }).map((value) => value * 15),
    });
    fc.assert(
      fc.property(cases, ({ where: { zone, day }, from, to, length }) => {
        const made = sessions(day, from, to, length, zone);
        made.forEach(({ start_time, end_time }, index) => {
          expect(Date.parse(end_time) - Date.parse(start_time)).toBe(length * MINUTE);
          if (index > 0) expect(start_time).toBe(made[index - 1]?.end_time);
          expect(wall(start_time, zone).day).toBe(day);
        });
        const [first, last] = [made[0], made.at(-1)];
        if (!first || !last) return;
        expect(Date.parse(first.start_time)).toBe(firstAt(day, from, zone));
        const room = firstAt(day, to, zone) - Date.parse(last.end_time);
        expect(room).toBeGreaterThanOrEqual(0);
        expect(room).toBeLessThan(length * MINUTE);
      }),
      { numRuns: 2000 },
    );
  });

  it("the first instant of a time is the first minute of the day at which the clock shows it or later", () => {
    fc.assert(
      fc.property(fc.constantFrom(...days), fc.integer({ min: 0, max: 95 }), ({ zone, day }, part) => {
        const at = firstAt(day, part * 15, zone);
        // Or later: in Nuuk the last hour of a day is skipped, and the next day follows.
        const shown = wall(at, zone);
        expect(shown.day > day || shown.minutes >= part * 15).toBe(true);
        const before = wall(at - MINUTE, zone);
        expect(before.day < day || before.minutes < part * 15).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("hours in words", () => {
  it("are those of the reader's clock, the end of the day as midnight", () => {
    expect(hoursInWords({ start: "09:00", end: "24:00" })).toBe("09:00–00:00");
    useLocale.setState({ locale: "en-US" });
    try {
      expect(hoursInWords({ start: "09:00", end: "17:30" })).toMatch(/^9:00\sAM–5:30\sPM$/);
    } finally {
      useLocale.setState({ locale: "en-GB" });
    }
  });

  it("stay as they are typed where they are no times", () => {
    expect(hoursInWords({ start: "", end: "17:00" })).toBe("–17:00");
  });
});
