import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays } from "@/lib/time";
import { entriesOf, stretchesOf, withDaysOff, withoutStretch } from "./days-off";
import { span } from "./rules-draft";

const closed = (date: string) => ({ date, spans: [] });

describe("days off", () => {
  it("close every day from the first to the last, over a month's end, whatever its hours were", () => {
    const own = { date: "2027-02-28", spans: [span("10:00", "11:00")] };
    const later = { date: "2027-03-09", spans: [span("10:00", "11:00")] };
    expect(withDaysOff([later, own], "2027-02-27", "2027-03-01")).toEqual([
      closed("2027-02-27"),
      closed("2027-02-28"),
      closed("2027-03-01"),
      later,
    ]);
  });

  it("in a row are one stretch; hours of a day's own stand for themselves", () => {
    const own = { date: "2027-03-03", spans: [span("10:00", "11:00")] };
    const off = withDaysOff([own], "2027-03-01", "2027-03-02");
    expect(stretchesOf([...off, closed("2027-03-04"), closed("2027-03-06")])).toEqual([
      { first: "2027-03-01", last: "2027-03-02", spans: [] },
      { first: "2027-03-03", last: "2027-03-03", spans: own.spans },
      { first: "2027-03-04", last: "2027-03-04", spans: [] },
      { first: "2027-03-06", last: "2027-03-06", spans: [] },
    ]);
  });

  it("are taken back as they were given", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 60 }), (from, length) => {
        const first = addDays("2027-01-01", from);
        const last = addDays(first, length);
        const off = withDaysOff([], first, last);
        expect(entriesOf(off)).toBe(length + 1);
        expect(stretchesOf(off)).toEqual([{ first, last, spans: [] }]);
        expect(withoutStretch(off, { first, last })).toEqual([]);
      }),
    );
  });

  it("count as one entry each, hours of a day's own as one for each window", () => {
    const own = { date: "2027-03-03", spans: [span("10:00", "11:00"), span("12:00", "13:00")] };
    expect(entriesOf([own, closed("2027-03-04")])).toBe(3);
  });
});
