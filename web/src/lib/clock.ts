/** The server's clock, as far as its answers tell it: both sides of a session must see the same countdown. */

let offset = 0;
let margin = Infinity;

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
    margin = slack;
    offset = Math.abs(guess) < 1500 ? 0 : guess;
  }
}

/** Milliseconds since 1970 by the server's clock. */
export function serverNow(): number {
  return Date.now() + offset;
}
