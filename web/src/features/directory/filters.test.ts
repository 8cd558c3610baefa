import { describe, expect, it } from "vitest";
import { NO_FILTERS, fromAddress, narrowing, toAddress, toQuery } from "./filters";

describe("filters in the address", () => {
  it("survive a reload", () => {
    const filters = {
      search: "post gres & co",
      tag: "sql",
      language: "cs",
      rating: 4.5,
      maxRate: 200,
      when: "week" as const,
      sort: "rate" as const,
    };
    expect(fromAddress(toAddress(filters))).toEqual(filters);
    expect(narrowing(filters)).toBe(5);
  });

  it("are absent when they are not set", () => {
    expect(toAddress(NO_FILTERS).toString()).toBe("");
  });

  it("fall back when somebody edits the address", () => {
    expect(fromAddress(new URLSearchParams("sort=constructor&when=toString"))).toEqual(NO_FILTERS);
    expect(fromAddress(new URLSearchParams("sort=evil&when=never&rating=-3&rate=abc"))).toEqual(NO_FILTERS);
  });
});

describe("filters in the request", () => {
  it("are minor units and instants", () => {
    const now = Date.parse("2026-11-23T10:01:00Z");
    expect(toQuery({ ...NO_FILTERS, maxRate: 150, when: "2h" }, now)).toEqual({
      limit: 24,
      sort: "relevance",
      max_hourly_rate: 15000,
      available_from: "2026-11-23T10:05:00.000Z",
      available_to: "2026-11-23T12:05:00.000Z",
    });
  });
});
