import { expect, it } from "vitest";
import { booking } from "@/test/people";
import { CONFIG } from "@/test/server";
import { isOpen } from "./session-times";

const at = (time: string) => Date.parse(`2026-11-23T${time}:00Z`);

it("a session is open from the marketplace's time before it until its end", () => {
  const confirmed = booking({ status: "confirmed" });
  const open = (time: string, early = 900) =>
    isOpen(confirmed, { ...CONFIG, start_early_seconds: early }, at(time));
  expect(["09:44", "09:45", "10:59", "11:00"].map((time) => open(time))).toEqual([false, true, true, false]);
  expect(["09:29", "09:30"].map((time) => open(time, 1800))).toEqual([false, true]);
});

it("a session is not open until the settings are known, nor before it is confirmed; a running one is", () => {
  expect(isOpen(booking({ status: "confirmed" }), null, at("10:00"))).toBe(false);
  expect(isOpen(booking({ status: "accepted" }), CONFIG, at("10:00"))).toBe(false);
  expect(isOpen(booking({ status: "in_progress" }), null, at("12:00"))).toBe(true);
});
