/** Calls back every `everyMs`, also while the page is in the background. Returns what ends that. */
export function startTicker(everyMs: number, tick: () => void): () => void {
  if (typeof Worker === "undefined") {
    const timer = setInterval(tick, everyMs);
    return () => clearInterval(timer);
  }
  const worker = new Worker(new URL("./ticker.worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", tick);
  worker.postMessage(everyMs);
  return () => worker.terminate();
}
