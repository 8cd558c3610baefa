import { describe, expect, it } from "vitest";
import type { Slot } from "./api";
import { asTime, blocks, drawn, fromTime, objection, sessions } from "./layout";

const slot = (start: string, end: string, is_booked = false): Slot => ({
  id: start,
  consultant_id: "c",
  start_time: start,
  end_time: end,
  is_booked,
  created_at: start,
  updated_at: start,
});

describe("drawing", () => {
  it("snaps to quarters of an hour, in both directions", () => {
    expect(drawn(547, 598)).toEqual({ from: 540, to: 600 });
    expect(drawn(598, 547)).toEqual({ from: 540, to: 600 });
  });

  it("stays within the day and within eight hours", () => {
    expect(drawn(1430, 2000).to).toBe(1440);
    expect(drawn(30, -50).from).toBe(0);
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

  it("may end at midnight", () => {
    expect(sessions("2026-11-23", 1380, 1440, 60, "UTC")[0]?.end_time).toBe("2026-11-24T00:00:00.000Z");
  });
});

describe("what is wrong with a span", () => {
  const existing = [slot("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", true)];
  const at = Date.parse("2026-11-23T08:00:00Z");
  const objects = (from: number, to: number, length = 60) =>
    objection("2026-11-23", from, to, length, existing, "UTC", at);

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
