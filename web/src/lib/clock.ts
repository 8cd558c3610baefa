/** The server's clock, as far as its answers tell it: both sides of a session must see the same countdown. */

let offset = 0;
let margin = Infinity;
const listeners = new Set<() => void>();

/** Learns from an answer's Date header. It counts whole seconds, so the best guess is the one with the least slack. */
export function serverSaid(date: string | null, askedAt: number): void {
  if (!date) return;
  const said = Date.parse(date);
  if (Number.isNaN(said)) return;
  const now = Date.now();
  const slack = now - askedAt + 1000;
  const guess = said + 500 - (askedAt + now) / 2;
  // A clock that is right within a second needs no correction, and gets none: no jumping seconds.
  if (slack <= margin || Math.abs(guess - offset) > slack) {
    const before = offset;
    margin = slack;
    offset = Math.abs(guess) < 1500 ? 0 : guess;
    // Smaller corrections come with the next tick.
    if (Math.abs(offset - before) > 1500) for (const listener of listeners) listener();
  }
}

/** Calls back when this device's clock turns out to be another than was thought. Returns what ends that. */
export function onClockChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Whether any answer has told the time yet. */
export function knowsTheTime(): boolean {
  return margin < Infinity;
}

/** Milliseconds since 1970 by the server's clock. */
export function serverNow(): number {
  return Date.now() + offset;
}
