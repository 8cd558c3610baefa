/**
 * Keeps the keyboard where it is. A button that is disabled while its request is under way loses the focus to the page as a
 * whole: a screen reader goes back to the top, and Tab leaves the dialog that the button is in. While the button waits, the
 * dialog has the focus, and afterwards the button has it again, unless somebody has gone on to something else meanwhile.
 */
export function keepFocus(): () => void {
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
        if (focused === null || focused === document.body || focused === dialogOf(target))
          target.focus({ preventScroll: true });
      }
    }
  });
  observer.observe(document, { subtree: true, attributeFilter: ["disabled"] });
  return () => observer.disconnect();
}

function dialogOf(element: HTMLElement): HTMLElement | null {
  return element.closest<HTMLElement>("[role=dialog]");
}
