/**
 * Work that only one tab of this browser does at a time; another takes it up when that one is closed or stops. `start`
 * returns what stops it. Returns what ends all of it here. Without Web Locks every tab does it.
 */
export function inOneTab(name: string, start: () => () => void): () => void {
  if (!("locks" in navigator)) return start();
  const ended = new AbortController();
  navigator.locks
    .request(name, { signal: ended.signal }, () => {
      const stop = start();
      return new Promise<void>((release) => {
        ended.signal.addEventListener("abort", () => {
          stop();
          release();
        });
      });
    })
    // Ended while another tab was at it.
    .catch(() => undefined);
  return () => ended.abort();
}
