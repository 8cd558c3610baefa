import { describe, expect, it } from "vitest";
import type { Booking } from "./api";
import { calendarFile } from "./calendar-file";

const booking = {
  id: "b1",
  seeker: { id: "s", first_name: "Sam", last_name: "Seeker" },
  consultant: { id: "c", first_name: "Ann, the\nexpert; ", last_name: "Ž".repeat(60) },
  scheduled_start: "2026-11-23T10:00:00Z",
  scheduled_end: "2026-11-23T11:30:00Z",
  updated_at: "2026-11-20T08:00:00.123Z",
} as Booking;

describe("a booking's calendar file", () => {
  const file = calendarFile(booking, "seeker", "https://example.org/booking/b1");

  it("has UTC times and a UID that stays", () => {
    expect(file).toContain("DTSTART:20261123T100000Z\r\n");
    expect(file).toContain("DTEND:20261123T113000Z\r\n");
    expect(file).toContain("DTSTAMP:20261120T080000Z\r\n");
    expect(file).toContain("UID:b1@");
  });

  it("lets no name end its line or begin another", () => {
    expect(file.replaceAll("\r\n ", "")).toContain("SUMMARY:Session with Ann\\, the\\nexpert\\;");
  });

  it("has no line of more than 75 bytes", () => {
    for (const line of file.split("\r\n"))
      expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
  });
});
