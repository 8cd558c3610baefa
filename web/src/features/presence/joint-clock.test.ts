import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Presence } from "./api";
import { type JointTime, jointMeter, jointTime, sharedAt } from "./joint-clock";

const START = Date.parse("2026-11-23T10:00:00Z");
const answer = (joint_seconds: number, since: number | null): Presence => ({
  seeker: { present: true, seconds: 0 },
  consultant: { present: since !== null, seconds: 0 },
  joint_seconds,
  since: since === null ? null : new Date(since).toISOString(),
});

describe("the shared time", () => {
  it("stands while one of the two is away", () => {
    const joint = jointTime(null, answer(42, null), START);
    expect(sharedAt(joint, START)).toBe(42_000);
    expect(sharedAt(joint, START + 9000)).toBe(42_000);
  });

  it("goes on while both are there, exactly from the moment at which they both were", () => {
    const joint = jointTime(null, answer(3, START), START + 3900);
    expect(sharedAt(joint, START + 7250)).toBe(7250);
  });

  it("goes on from what was shared before a break, within a second", () => {
    const joint = jointTime(null, answer(104, START), START + 4000);
    expect(Math.abs(sharedAt(joint, START + 4000) - 104_500)).toBeLessThanOrEqual(1000);
  });

  it("does not run on when the server has not been heard for as long as a heartbeat counts", () => {
    const joint = jointTime(null, answer(0, START), START);
    expect(sharedAt(joint, START + 24_000)).toBe(24_000);
    expect(sharedAt(joint, START + 3_600_000)).toBe(25_000);
  });

  it("never goes backwards between two answers about the same time together", () => {
    const steps = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 10_000_000 }), (pauses, before) => {
        let at = START;
        let joint: JointTime | null = null;
        let shown = 0;
        for (const pause of pauses) {
          at += pause;
          const total = Math.floor((before + at - START) / 1000);
          joint = jointTime(joint, answer(total, START), at);
          const now = sharedAt(joint, at);
          expect(now).toBeGreaterThanOrEqual(shown);
          expect(Math.abs(now - (before + at - START))).toBeLessThanOrEqual(1500);
          shown = now;
        }
      }),
    );
  });
});

describe("the free period", () => {
  it("is over when both have shared more whole seconds than are free", () => {
    const joint = jointTime(null, answer(0, START), START);
    expect(jointMeter(joint, 10, START + 10_900)).toMatchObject({ freeLeft: 0, charged: false, share: 0 });
    expect(jointMeter(joint, 10, START + 11_000)).toMatchObject({ charged: true, running: 11_000 });
  });

  it("of nothing is over at once, and divides nothing by zero", () => {
    const joint = jointTime(null, answer(0, null), START);
    expect(jointMeter(joint, 0, START)).toEqual({ running: 0, freeLeft: 0, charged: false, share: 0 });
  });
});
