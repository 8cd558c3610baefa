/**
 * Where the focus goes when a row of a list is removed: to the next one, or else the last; when none is left, to what adds
 * one. Lists say so in their markup: `data-rows` is what holds the rows; `data-row` each one's button that removes it, or
 * opens the dialog that does; `data-row-add` what to go on with when none is left, in `data-rows` or that itself. A list
 * that goes with its last row is in something else with `data-rows`.
 */

/** `lists` from the innermost outwards; `index` among the rows of the innermost. */
export type Row = { lists: Element[]; index: number };

/** The row of which this is the button; null of everything else. */
export function rowOf(element: Element): Row | null {
  const button = element.closest("[data-row]");
  if (!button) return null;
  const lists: Element[] = [];
  for (let list = button.closest("[data-rows]"); list; list = closestAbove(list)) lists.push(list);
  return lists.length ? { lists, index: rowsOf(lists[0]).indexOf(button) } : null;
}

/** What has the focus instead of a row that is gone; null where nothing is marked as that. */
export function nextRow({ lists, index }: Row): HTMLElement | null {
  const rows = lists[0]?.isConnected ? rowsOf(lists[0]) : [];
  const row = rows[Math.min(index, rows.length - 1)];
  if (row) return row as HTMLElement;
  const left = lists.filter((list) => list.isConnected);
  const add = left.map((list) => (list.matches(ADD) ? list : list.querySelector(ADD))).find(Boolean);
  if (add?.matches(FOCUSABLE)) return add as HTMLElement;
  // A field with its label around it; of several that belong together, the one that is chosen.
  return (
    add?.querySelector<HTMLElement>("input:checked") ?? add?.querySelector<HTMLElement>(FOCUSABLE) ?? null
  );
}

const ADD = "[data-row-add]";
const FOCUSABLE = "a[href], button, input, [tabindex]";

function rowsOf(list: Element | undefined): Element[] {
  return [...(list?.querySelectorAll("[data-row]") ?? [])];
}

function closestAbove(list: Element): Element | null {
  return list.parentElement?.closest("[data-rows]") ?? null;
}
