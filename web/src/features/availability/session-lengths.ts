/** How long sessions can be; the shortest is the marketplace's setting. */
import { useConfig } from "@/lib/config";
import { MINUTE } from "@/lib/time";

/** The shortest session in whole minutes; 0 until the settings are known, and then the server judges. */
export function useShortestSession(): number {
  return Math.ceil(((useConfig()?.minimum_slot_seconds ?? 0) * 1000) / MINUTE);
}

/** The lengths to choose from, in order: those that are allowed, the shortest, and the one that is chosen. */
export function lengthsToOffer(usual: readonly number[], shortest: number, chosen: number): number[] {
  const allowed = [...usual, shortest].filter((minutes) => minutes >= Math.max(shortest, 1));
  return [...new Set([...allowed, chosen])].sort((a, b) => a - b);
}
