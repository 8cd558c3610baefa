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
 * Calls `work` once it has the lock of that name; with false where `ifAvailable` finds it taken. Where the browser has no
 * locks to give, `work` is called all the same: Chrome refuses them, for one, where its user blocks the data of all sites.
 * Rejects with an AbortError when the lock is stolen, or no longer wanted.
 */
export async function withLock<T>(
  name: string,
  options: LockOptions,
  work: (granted: boolean) => Promise<T>,
): Promise<T> {
  if (!hasWebLocks()) return work(true);
  let called = false;
  try {
    return await navigator.locks.request(name, options, (lock) => {
      called = true;
      return work(lock !== null);
    });
  } catch (error) {
    if (called || isAbort(error)) throw error;
    return work(true);
  }
}

/**
 * Calls `start`, which returns what stops the work, in one tab at a time. When that tab is closed, left, frozen or stopped,
 * another takes its place. Where tabs cannot agree every one does it.
 */
export function inOneTab(name: string, start: () => () => void): OneTab {
  /** Aborted when this tab does not want the work any more; null while the page is stopped. */
  let claim: AbortController | null = null;

  const request = (steal: boolean) => {
    const { signal } = (claim = new AbortController());
    const work = async () => {
      if (signal.aborted) return;
      const stop = start();
      await new Promise<void>((release) =>
        signal.addEventListener("abort", () => {
          stop();
          release();
        }),
      );
    };
    withLock(name, steal ? { steal } : { signal }, work).catch((error: unknown) => {
      // Given up while another tab was at it.
      if (signal.aborted) return;
      // The work itself has failed: it would fail again.
      if (!isAbort(error)) throw error;
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

function isAbort(error: unknown): boolean {
  return (error as Partial<Error> | null)?.name === "AbortError";
}
