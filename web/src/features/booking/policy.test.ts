import i18next from "i18next";
import { afterEach, expect, it } from "vitest";
import arabic from "@/locales/ar.json";
import { cancellationPolicy, formatLead } from "./policy";

const TERMS = { cancel_free_seconds: 86_400, late_cancel_bps: 5000 };
afterEach(async () => {
  await i18next.changeLanguage("en");
});

const START = "2026-11-23T10:00:00Z";
const before = (minutes: number) => Date.parse(START) - minutes * 60_000;

it("promises free cancellation until the moment that lies ahead", () => {
  expect(cancellationPolicy(START, TERMS, before(48 * 60))).toBe(
    "You can cancel for free until 24 hours before the start. After that, 50% of the price is charged.",
  );
});

it("promises nothing that is over already", () => {
  const text = cancellationPolicy(START, TERMS, before(4));
  expect(text).not.toContain("until 24 hours before the start");
  expect(text).toBe(
    "You can cancel for free until the request is accepted. After that, 50% of the price is charged, because the session starts in less than 24 hours.",
  );
});

it("changes at the very instant", () => {
  expect(cancellationPolicy(START, TERMS, before(24 * 60) - 1)).toContain("until 24 hours before");
  expect(cancellationPolicy(START, TERMS, before(24 * 60))).toContain("until the request is accepted");
});

it("has Arabic duals where their nominative belongs: after no preposition", async () => {
  i18next.addResourceBundle("ar", "translation", arabic);
  await i18next.changeLanguage("ar");
  const twoHours = { ...TERMS, cancel_free_seconds: 7200 };
  expect(cancellationPolicy(START, twoHours, before(180))).toMatch(/: ساعتان قبل البدء\./);
  expect(cancellationPolicy(START, twoHours, before(60))).toMatch(/\(ساعتان قبل البدء\)/);
});

it("follows the marketplace's settings", () => {
  expect(cancellationPolicy(START, { ...TERMS, late_cancel_bps: 0 }, before(4))).toBe(
    "You can cancel for free until the session starts.",
  );
  expect(
    cancellationPolicy(START, { cancel_free_seconds: 2 * 86_400, late_cancel_bps: 1250 }, before(72 * 60)),
  ).toBe("You can cancel for free until 2 days before the start. After that, 12.5% of the price is charged.");
  expect(formatLead(5400)).toBe("90 minutes");
  expect(formatLead(3600)).toBe("1 hour");
});
