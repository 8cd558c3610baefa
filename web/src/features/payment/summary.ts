/** The monthly totals as a chart wants them: one row per month, without gaps, one currency at a time. */
import type { Answer } from "@/lib/api/types";
import { dayLabel } from "@/lib/time";

export type Summary = Answer<"/payments/summary", "get">;
export type Month = Summary["items"][number];

/** What a month meant: to a seeker what stayed spent, to a consultant what was earned. */
export function total(month: Month): number {
  return "net" in month ? month.net : month.spent - month.refunded;
}
const MONTH = { month: "short", year: "2-digit" } as const;

export type Row = { month: string; label: string; amount: number };

/** The currencies that occur, the busiest first. */
export function currenciesOf(months: Month[]): string[] {
  const counts = new Map<string, number>();
  for (const { currency } of months) counts.set(currency, (counts.get(currency) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([currency]) => currency);
}

/** The last `count` months up to `now`, with zero where nothing happened. */
export function rows(months: Month[], currency: string, now: Date, count = 12): Row[] {
  const known = new Map(
    months.filter((one) => one.currency === currency).map((one) => [one.month.slice(0, 7), total(one)]),
  );
  return Array.from({ length: count }, (_, index) => {
    const at = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - (count - 1 - index), 1));
    const month = at.toISOString().slice(0, 7);
    return { month, label: dayLabel(`${month}-01`, MONTH), amount: known.get(month) ?? 0 };
  });
}

/** One figure of a year; all but the number of payments in minor units. */
export type Figure = {
  name: "payments" | "charged" | "refunded" | "spent" | "gross" | "commission" | "earned";
  value: number;
};
export type Totals = { currency: string; figures: Figure[] };

/** The sums of the months, a row per currency, the busiest first. */
export function totalsOf(months: Month[]): Totals[] {
  return currenciesOf(months).map((currency) => ({
    currency,
    figures: figuresOf(months.filter((one) => one.currency === currency)),
  }));
}

function figuresOf(months: Month[]): Figure[] {
  const sums = new Map<Figure["name"], number>();
  const add = (name: Figure["name"], value: number) => sums.set(name, (sums.get(name) ?? 0) + value);
  for (const month of months) {
    add("payments", month.count);
    if ("net" in month) {
      add("gross", month.gross);
      add("commission", month.commission);
      add("earned", month.net);
    } else {
      add("charged", month.spent);
      add("refunded", month.refunded);
      add("spent", month.spent - month.refunded);
    }
  }
  return [...sums].map(([name, value]) => ({ name, value }));
}
