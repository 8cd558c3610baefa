import { useSyncExternalStore } from "react";

/**
 * Browsers stop pages without closing them: one that was left waits in the page cache for its reader to come back
 * (`pagehide`, `pageshow`), and one in the background may be frozen (`freeze`, `resume`). Neither runs any code meanwhile.
 */

/** Calls back when this page is about to be stopped or closed. Returns what ends that. */
export function onPageStop(listener: () => void): () => void {
  globalThis.addEventListener?.("pagehide", listener);
  globalThis.document?.addEventListener("freeze", listener);
  return () => {
    globalThis.removeEventListener?.("pagehide", listener);
    globalThis.document?.removeEventListener("freeze", listener);
  };
}

/** Calls back when this page runs again after it was stopped. Returns what ends that. */
export function onPageResume(listener: () => void): () => void {
  const stopRestored = onPageRestored(listener);
  globalThis.document?.addEventListener("resume", listener);
  return () => {
    stopRestored();
    globalThis.document?.removeEventListener("resume", listener);
  };
}

/** Calls back when somebody has come back to this page and the browser shows it as it was. Returns what ends that. */
export function onPageRestored(listener: () => void): () => void {
  const shown = ({ persisted }: PageTransitionEvent) => {
    // Also sent when a page is loaded.
    if (persisted) listener();
  };
  globalThis.addEventListener?.("pageshow", shown);
  return () => globalThis.removeEventListener?.("pageshow", shown);
}

/** Whether nobody can see this page: it is in a tab behind others, or its window is minimised. */
export function isHidden(): boolean {
  return globalThis.document?.visibilityState === "hidden";
}

/** Calls back when this page can be seen again. Returns what ends that. */
export function onPageVisible(listener: () => void): () => void {
  return onVisibilityChange(() => {
    if (!isHidden()) listener();
  });
}

/** Whether this page can be seen, in a component. */
export function useVisible(): boolean {
  return useSyncExternalStore(onVisibilityChange, () => !isHidden());
}

function onVisibilityChange(listener: () => void): () => void {
  globalThis.document?.addEventListener("visibilitychange", listener);
  return () => globalThis.document?.removeEventListener("visibilitychange", listener);
}
