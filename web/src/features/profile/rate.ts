/** An hourly rate as it is typed: what it comes to, and what is wrong with it. */
import type { Currency } from "@/lib/config";
import { t } from "@/lib/i18n/i18n";
import { formatBasisPoints } from "@/lib/i18n/numbers";
import { money, parseMoney } from "@/lib/money";

/** In minor units: the highest that the API accepts. */
const HIGHEST_RATE = 100_000_000;

/** The amount that was read from what is typed, so that nobody is surprised by a point that was meant as a comma. */
export function describeRate(text: string, currency: string, commission: number): string {
  const minor = parseMoney(text, currency);
  if (!minor) return t("What an hour with you costs");
  const earned = money(minor - Math.round((minor * commission) / 10_000), currency);
  return t("Seekers see {price}; you earn {earned} after {commission} commission", {
    price: money(minor, currency),
    earned,
    commission: formatBasisPoints(commission),
  });
}

/** Why a rate cannot be saved; null when it can. `currencies`: those of the marketplace, with their limits. */
export function rateProblem(text: string, currency: string, currencies: Currency[]): string | null {
  if (!text.trim()) return t("Enter your rate");
  const minor = parseMoney(text, currency);
  if (minor === null) return t("Write the rate as a number, for example 1250.00");
  if (minor <= 0) return t("Enter your rate");
  if (minor > HIGHEST_RATE) return t("This is more than we can accept");
  const rules = currencies.find((one) => one.code === currency);
  if (!rules) return null;
  if (minor < rules.minimum) return t("The minimum is {price}", { price: money(rules.minimum, rules.code) });
  if (minor > rules.maximum) return t("The maximum is {price}", { price: money(rules.maximum, rules.code) });
  return minor % rules.step === 0
    ? null
    : t("Use steps of {price}", { price: money(rules.step, rules.code) });
}
