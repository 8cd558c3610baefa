/**
 * Keeps the keyboard where it is, when what it is on is disabled for a while and when it is removed: otherwise the focus
 * falls to the page as a whole, a screen reader goes back to the top, and Tab begins there.
 */
export function keepFocus(): () => void {
  const stops = [keepFocusOfWaiting(), keepFocusInRows()];
  return () => stops.forEach((stop) => stop());
}

/**
 * While a button waits for its request and is disabled, its dialog has the focus, and afterwards the button has it again,
 * unless somebody has gone on to something else meanwhile.
 */
function keepFocusOfWaiting(): () => void {
  let waiting: HTMLElement | null = null;
  const observer = new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (!(target instanceof HTMLElement)) continue;
      const { activeElement: focused } = document;
      if (target.matches(":disabled")) {
        if (target !== focused) continue;
        waiting = target;
        dialogOf(target)?.focus({ preventScroll: true });
      } else if (target === waiting) {
        waiting = null;
        if (isNowhere(focused) || focused === dialogOf(target)) target.focus({ preventScroll: true });
      }
    }
  });
  observer.observe(document, { subtree: true, attributeFilter: ["disabled"] });
  return () => observer.disconnect();
}

/** `lists` from the innermost outwards; `index` among the rows of the innermost. */
type Place = { button: Element; lists: Element[]; index: number };

/**
 * When the row that has the focus is removed, the next one gets it, or else the last; when none is left, what adds one, or
 * else the page. Lists say so in their markup: `data-rows` is what holds the rows; `data-row` each one's button that removes
 * it, or opens the dialog that does; `data-row-add` what to go on with when none is left, in `data-rows` or that itself. A
 * list that goes with its last row is in something else with `data-rows`.
 */
function keepFocusInRows(): () => void {
  let place: Place | null = null;
  const follow = ({ target }: FocusEvent) => {
    if (!(target instanceof Element)) return;
    // A dialog that asks about the row: it is still the row that one is at.
    const dialog = dialogOf(target);
    if (place && dialog && dialog !== dialogOf(place.button)) return;
    place = placeOf(target);
  };
  const observer = new MutationObserver(() => {
    if (!place) return;
    if (place.button.isConnected) {
      // Others may have come or gone before it.
      place = placeOf(place.button);
    } else if (isNowhere(document.activeElement)) {
      const next = nextOf(place);
      place = null;
      next?.focus();
    }
  });
  document.addEventListener("focusin", follow);
  observer.observe(document, { subtree: true, childList: true });
  return () => {
    document.removeEventListener("focusin", follow);
    observer.disconnect();
  };
}

function placeOf(element: Element): Place | null {
  const button = element.closest("[data-row]");
  if (!button) return null;
  const lists: Element[] = [];
  for (let list = button.closest("[data-rows]"); list; list = closestAbove(list)) lists.push(list);
  return lists.length ? { button, lists, index: rowsOf(lists[0]).indexOf(button) } : null;
}

function nextOf({ lists, index }: Place): HTMLElement | null {
  const rows = lists[0]?.isConnected ? rowsOf(lists[0]) : [];
  const row = rows[Math.min(index, rows.length - 1)];
  if (row) return row as HTMLElement;
  const left = lists.filter((list) => list.isConnected);
  if (left.length === 0) return null;
  const add = left.map((list) => (list.matches(ADD) ? list : list.querySelector(ADD))).find(Boolean);
  if (add?.matches(FOCUSABLE)) return add as HTMLElement;
  // A field with its label around it; of several that belong together, the one that is chosen.
  const field =
    add?.querySelector<HTMLElement>("input:checked") ?? add?.querySelector<HTMLElement>(FOCUSABLE);
  return field ?? document.querySelector("main");
}

const ADD = "[data-row-add]";
const FOCUSABLE = "a[href], button, input, [tabindex]";

function rowsOf(list: Element | undefined): Element[] {
  return [...(list?.querySelectorAll("[data-row]") ?? [])];
}

function closestAbove(list: Element): Element | null {
  return list.parentElement?.closest("[data-rows]") ?? null;
}

function isNowhere(focused: Element | null): boolean {
  return focused === null || focused === document.body;
}

function dialogOf(element: Element): HTMLElement | null {
  return element.closest<HTMLElement>("[role=dialog]");
}
