import { describe, expect, it } from "vitest";
import { minorDigits, money, price, roundMoney, toMajor, toMinor } from "./money";

describe("money", () => {
  it("shows minor units in the currency's own digits", () => {
    expect(money(15050, "eur")).toBe("€150.50");
    expect(money(1500, "jpy")).toBe("¥1,500");
    expect(minorDigits("jpy")).toBe(0);
  });

  it("leaves out a fraction of zero on cards, and only that", () => {
    expect(roundMoney(15000, "usd")).toBe("$150");
    expect(roundMoney(15050, "usd")).toBe("$150.50");
  });

  it("takes what people type to minor units without losing a cent to floating point", () => {
    expect(toMinor(1.005, "eur")).toBe(101);
    expect(toMinor(1136.15, "eur")).toBe(113615);
    expect(toMinor(0.29, "usd")).toBe(29);
    expect(toMinor(1500, "jpy")).toBe(1500);
    expect(toMajor(toMinor(79.99, "gbp"), "gbp")).toBe(79.99);
  });

  it("prices a part of an hour as the server does, half up", () => {
    const at = (minutes: number) => new Date(minutes * 60_000).toISOString();
    expect(price(10000, at(0), at(60))).toBe(10000);
    expect(price(10001, at(0), at(30))).toBe(5001);
    expect(price(10000, at(0), at(20))).toBe(3333);
    expect(price(10001, at(0), at(90))).toBe(15002);
  });
});
