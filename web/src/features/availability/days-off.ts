/** Days off, told from the first to the last. Pure. */
import { type Day, addDays } from "@/lib/time";
import { type DayException, inOrder } from "./rules-draft";

/** The contract's bound on a consultant's exceptions, one for each window of a day or for a closed one. */
export const MOST_EXCEPTIONS = 400;

/** Days in a row that are all closed, or one day with hours of its own. */
export type Stretch = { first: Day; last: Day; spans: DayException["spans"] };

/** The exceptions with every day from `first` to `last` closed, whatever its hours were. */
export function withDaysOff(exceptions: DayException[], first: Day, last: Day): DayException[] {
  const closed: DayException[] = [];
  for (let date = first; date <= last; date = addDays(date, 1)) closed.push({ date, spans: [] });
  return inOrder([...withoutStretch(exceptions, { first, last }), ...closed]);
}

/** The exceptions with the weekly hours again from `first` to `last`. */
export function withoutStretch(
  exceptions: DayException[],
  { first, last }: Pick<Stretch, "first" | "last">,
): DayException[] {
  return exceptions.filter(({ date }) => date < first || date > last);
}

/** The exceptions by date, closed days that follow one another as one. */
export function stretchesOf(exceptions: DayException[]): Stretch[] {
  const found: Stretch[] = [];
  for (const { date, spans } of inOrder(exceptions)) {
    const before = found.at(-1);
    const goesOn = before && !before.spans.length && !spans.length && date === addDays(before.last, 1);
    if (goesOn) before.last = date;
    else found.push({ first: date, last: date, spans });
  }
  return found;
}

/** How many of the MOST_EXCEPTIONS these take. */
export function entriesOf(exceptions: DayException[]): number {
  return exceptions.reduce((sum, { spans }) => sum + Math.max(1, spans.length), 0);
}
