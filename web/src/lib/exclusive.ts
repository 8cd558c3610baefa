/** Work that only one tab of this browser does at a time. */
import { onPageResume, onPageStop } from "./page-lifecycle";

export type OneTab = {
  /** Ends the work here; another tab takes it up. */
  stop: () => void;
  /** Does the work here from now on, whichever tab is at it: one that no longer runs cannot give it up by itself. */
  takeOver: () => void;
};

/** Whether the tabs of this browser can agree on one of them. */
export function hasWebLocks(): boolean {
  return globalThis.navigator?.locks !== undefined;
}

/**
 * Calls `start`, which returns what stops the work, in one tab at a time. When that tab is closed, left, frozen or stopped,
 * another takes its place. Without Web Locks every tab does it.
 */
export function inOneTab(name: string, start: () => () => void): OneTab {
  if (!hasWebLocks()) return { stop: start(), takeOver: () => undefined };
  /** Aborted when this tab does not want the work any more; null while the page is stopped. */
  let claim: AbortController | null = null;

  const request = (steal: boolean) => {
    const { signal } = (claim = new AbortController());
    const work = () => {
      if (signal.aborted) return;
      const stop = start();
      return new Promise<void>((release) =>
        signal.addEventListener("abort", () => {
          stop();
          release();
        }),
      );
    };
    navigator.locks.request(name, steal ? { steal } : { signal }, work).catch(() => {
      // Given up while another tab was at it.
      if (signal.aborted) return;
      // Taken over by another tab: this one waits for its turn.
      release();
      request(false);
    });
  };
  const release = () => {
    claim?.abort();
    claim = null;
  };

  request(false);
  const ends = [onPageStop(release), onPageResume(() => claim === null && request(false))];
  return {
    stop: () => {
      for (const end of ends) end();
      release();
    },
    takeOver: () => {
      release();
      request(true);
    },
  };
}
