import { describe, expect, it } from "vitest";
import { meter, formatDuration } from "./free-period";

const start = "2026-11-23T10:00:00Z";
const after = (seconds: number) => Date.parse(start) + seconds * 1000;

describe("the free period", () => {
  it("counts down from the actual start", () => {
    expect(meter(start, 600, after(0)).freeLeft).toBe(600_000);
    expect(meter(start, 600, after(61))).toMatchObject({ freeLeft: 539_000, running: 61_000 });
  });

  it("charges only what lasted a whole second longer, as the server does", () => {
    expect(meter(start, 600, after(600.9)).charged).toBe(false);
    expect(meter(start, 600, after(601)).charged).toBe(true);
  });

  it("is over after its last second, and never negative", () => {
    expect(meter(start, 600, after(600)).freeLeft).toBe(0);
    expect(meter(start, 600, after(5000))).toMatchObject({ freeLeft: 0, share: 0 });
  });

  it("does not run backwards when this machine's clock is behind", () => {
    expect(meter(start, 600, after(-3))).toMatchObject({ running: 0, freeLeft: 600_000 });
  });
});

describe("the free period in words", () => {
  it("is given in minutes where it is whole ones", () => {
    expect([600, 60, 90, 8].map(formatDuration)).toEqual([
      "10 minutes",
      "1 minute",
      "90 seconds",
      "8 seconds",
    ]);
  });
});
