import { describe, expect, it } from "vitest";
import { useLocale } from "./i18n/locale";
import {
  learnCurrencies,
  majorText,
  minorDigits,
  money,
  parseMoney,
  price,
  roundMoney,
  toMinor,
} from "./money";

describe("money", () => {
  it("shows minor units in the currency's own digits", () => {
    expect(money(15050, "eur")).toBe("€150.50");
    expect(money(1500, "jpy")).toBe("JP¥1,500");
    expect(minorDigits("jpy")).toBe(0);
  });

  it("tells currencies apart whose signs are alike", () => {
    for (const locale of ["en-GB", "en-US", "en-CA", "de-DE", "ar"]) {
      useLocale.setState({ language: "en", locale });
      const dollars = [
        "usd",
        "cad",
        "mxn",
        "aud",
        "sgd",
        "sek",
        "nok",
        "dkk",
        "isk",
        "jpy",
        "cny",
        "gbp",
        "egp",
      ];
      const prices = dollars.map((currency) => money(100_000, currency).replaceAll(/[\d.,٠-٩٬٫\s]/g, ""));
      expect(new Set(prices).size, `${locale}: ${prices.join(" ")}`).toBe(dollars.length);
    }
    useLocale.setState({ language: "en", locale: "en-GB" });
    expect(roundMoney(100_000, "mxn")).toBe("MX$1,000");
    expect(roundMoney(100_000, "gbp")).toBe("£1,000");
  });

  it("keeps the letters of a symbol before its sign in text from right to left", () => {
    useLocale.setState({ language: "ar", locale: "ar" });
    expect(money(6000, "usd")).toBe("\u200f60.00\u00a0US$\u200e");
    expect(money(6000, "eur")).toBe("\u200f60.00\u00a0€");
    useLocale.setState({ language: "en", locale: "en-GB" });
  });

  it("leaves out a fraction of zero on cards, and only that", () => {
    expect(roundMoney(15000, "usd")).toBe("US$150");
    expect(roundMoney(15050, "usd")).toBe("US$150.50");
  });

  it("takes what people type to minor units without losing a cent to floating point", () => {
    expect(toMinor(1.005, "eur")).toBe(101);
    expect(toMinor(1136.15, "eur")).toBe(113615);
    expect(toMinor(0.29, "usd")).toBe(29);
    expect(toMinor(1500, "jpy")).toBe(1500);
    expect(majorText(toMinor(79.99, "gbp"), "gbp")).toBe("79.99");
    expect(majorText(12000, "eur")).toBe("120");
  });

  it("prices a part of an hour as the server does, half up", () => {
    const at = (minutes: number) => new Date(minutes * 60_000).toISOString();
    expect(price(10000, at(0), at(60))).toBe(10000);
    expect(price(10001, at(0), at(30))).toBe(5001);
    expect(price(10000, at(0), at(20))).toBe(3333);
    expect(price(10001, at(0), at(90))).toBe(15002);
  });

  it("counts in the API's unit, which is not always the one that people write", () => {
    expect(money(750000, "isk")).toBe("ISK\u00a07,500");
    expect(money(12345, "rsd")).toBe("RSD 123.45".replace(" ", "\u00a0"));
    expect(money(5000, "mga")).toMatch(/5,000$/);
    expect(money(1250, "kwd")).toBe("KWD 1.250".replace(" ", "\u00a0"));
    learnCurrencies([{ code: "xts", exponent: 3 }]);
    expect(minorDigits("xts")).toBe(3);
  });

  it.each([
    ["1.250,00", "eur", 125000],
    ["1,000.00", "eur", 100000],
    ["1 250,5", "eur", 125050],
    ["1'250.50", "chf", 125050],
    ["€ 99", "eur", 9900],
    ["1.250", "eur", 125000],
    ["1,250", "usd", 125000],
    ["1.000.000", "eur", 100000000],
    ["0,29", "eur", 29],
    ["1.5", "eur", 150],
    ["1500", "jpy", 1500],
    ["1,500", "jpy", 1500],
    ["1.2345", "kwd", null],
    ["1.250", "kwd", null],
    ["1,250.500", "kwd", 1250500],
    ["1.5", "jpy", null],
    ["1.25.00", "eur", null],
    ["12,50,00", "eur", null],
    ["1,25.000,00", "eur", null],
    ["1.234", "bhd", null],
    ["12.345,678", "eur", null],
    ["-5", "eur", null],
    ["1e3", "eur", null],
    ["", "eur", null],
    ["12.", "eur", null],
  ])("reads %j in %s as %j", (text, currency, minor) => {
    expect(parseMoney(text, currency)).toBe(minor);
  });
});
