/** The sums of a statement. Pure. */
import type { StatementRow } from "./api";

export type Sum = { currency: string; net: number };

/** What was paid, or earned, in each currency, in the order in which they occur. */
export function sumsOf(rows: readonly StatementRow[]): Sum[] {
  const sums = new Map<string, number>();
  for (const { currency, net_amount } of rows) sums.set(currency, (sums.get(currency) ?? 0) + net_amount);
  return [...sums].map(([currency, net]) => ({ currency, net }));
}
