/**
 * Keeps the keyboard where it is, when what it is on is disabled or removed: otherwise the focus falls to the page as a
 * whole, a screen reader goes back to the top, and Tab begins there.
 */
import { type Row, nextRow, rowOf } from "./row-focus";

export function keepFocus(): () => void {
  const stops = [keepFocusOfDisabled(), keepFocusOfRemoved()];
  return () => stops.forEach((stop) => stop());
}

/**
 * While a button waits for its request and is disabled, its dialog has the focus, and afterwards the button has it again,
 * unless somebody has gone on to something else meanwhile. One that is disabled because nothing is left to do with it
 * leaves the focus to what is around it.
 */
function keepFocusOfDisabled(): () => void {
  let waiting: HTMLElement | null = null;
  const observer = new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (!(target instanceof HTMLElement)) continue;
      const { activeElement: focused } = document;
      const isLeft = target === focused || (target === waiting && isNowhere(focused));
      if (!target.matches(":disabled")) {
        if (target !== waiting) continue;
        waiting = null;
        if (isNowhere(focused) || focused === dialogOf(target)) target.focus({ preventScroll: true });
      } else if (target.hasAttribute("data-loading")) {
        if (!isLeft) continue;
        waiting = target;
        dialogOf(target)?.focus({ preventScroll: true });
      } else {
        if (target === waiting) waiting = null;
        if (isLeft) giveFocus(ancestorsOf(target));
      }
    }
  });
  observer.observe(document, { subtree: true, attributeFilter: ["disabled", "data-loading"] });
  return () => observer.disconnect();
}

/** What has the focus, and where it goes from there: `ancestors` from the innermost outwards. */
type FocusPoint = { element: Element; dialog: Element | null; ancestors: Element[]; row: Row | null };

/**
 * What is removed while it has the focus leaves it to the next row, if it is in a list (see `row-focus.ts`), or else to
 * the innermost of what was around it that is still there. A dialog that is closed leaves it to what it was opened with, or
 * to what follows that in the same way.
 */
function keepFocusOfRemoved(): () => void {
  /** Where one was outside of dialogs, and in each dialog that was opened from there. */
  let points: FocusPoint[] = [];
  const follow = ({ target }: FocusEvent) => {
    if (!(target instanceof Element)) return;
    const point = pointOf(target);
    const same = points.findIndex(({ dialog }) => dialog === point.dialog);
    points = [...(same >= 0 ? points.slice(0, same) : point.dialog ? points : []), point];
  };
  const forget = ({ target }: FocusEvent) => {
    // Whatever takes the element away, it is gone after this task.
    queueMicrotask(() => {
      const element = points.at(-1)?.element;
      const stays = element?.isConnected && !element.matches(":disabled");
      if (stays && element === target && isNowhere(document.activeElement)) points = [];
    });
  };
  const observer = new MutationObserver(() => {
    // Others may have come or gone before it.
    points = points.map((point) => (point.element.isConnected ? pointOf(point.element) : point));
    let closed = false;
    while (isNowhere(document.activeElement)) {
      const point = points.pop();
      if (!point) return;
      if (point.element.isConnected) {
        points.push(point);
        if (closed) (point.element as HTMLElement).focus({ preventScroll: true });
        return;
      }
      closed ||= point.dialog !== null;
      if (point.row) nextRow(point.row)?.focus();
      if (isNowhere(document.activeElement)) giveFocus(point.ancestors.filter((one) => one.isConnected));
    }
  });
  document.addEventListener("focusin", follow);
  document.addEventListener("focusout", forget);
  observer.observe(document, { subtree: true, childList: true });
  return () => {
    document.removeEventListener("focusin", follow);
    document.removeEventListener("focusout", forget);
    observer.disconnect();
  };
}

function pointOf(element: Element): FocusPoint {
  return { element, dialog: dialogOf(element), ancestors: ancestorsOf(element), row: rowOf(element) };
}

/** Up to its dialog, or else to the page's `main`, where it is in one. */
function ancestorsOf(element: Element): Element[] {
  const last = dialogOf(element) ?? element.closest("main");
  const found: Element[] = [];
  for (let one: Element = element; one !== last && one.parentElement; one = one.parentElement)
    found.push(one.parentElement);
  return found.filter((one) => one !== document.body && one !== document.documentElement);
}

/**
 * Focuses the first of these that can have the focus: nothing that can be operated, only where the keyboard goes on. A part
 * of the page that is marked as such a place, by a `tabindex` of its own, comes before what is within.
 */
function giveFocus(candidates: Element[]): void {
  const marked = candidates.filter((one) =>
    one.matches("[tabindex]:not(main, [role=dialog], [data-keeps-focus])"),
  );
  for (const one of [...marked, ...candidates]) {
    if (!(one instanceof HTMLElement)) continue;
    if (!one.hasAttribute("tabindex")) {
      one.tabIndex = -1;
      one.dataset["keepsFocus"] = "";
    }
    one.focus({ preventScroll: true });
    if (document.activeElement === one) return;
  }
}

function isNowhere(focused: Element | null): boolean {
  return focused === null || focused === document.body;
}

function dialogOf(element: Element): HTMLElement | null {
  return element.closest<HTMLElement>("[role=dialog]");
}
