import type { CallMessage, CallSignal } from "./call-signal";

const MOST_AT_ONCE = 20;

/**
 * Sends messages in their order, one request at a time; what comes up meanwhile goes together in the next one. A request
 * that fails is dropped: whoever needs an answer asks again.
 */
export class Outbox {
  readonly #queue: { to: string | null; message: CallMessage }[] = [];
  #busy = false;

  constructor(
    private readonly from: () => string,
    private readonly send: (signal: CallSignal) => Promise<void>,
  ) {}

  add(to: string | null, message: CallMessage): void {
    this.#queue.push({ to, message });
    if (!this.#busy) void this.#flush();
  }

  async #flush(): Promise<void> {
    this.#busy = true;
    // What is said in the same moment goes together.
    await Promise.resolve();
    for (let first = this.#queue[0]; first; first = this.#queue[0]) {
      const { to } = first;
      const other = this.#queue.findIndex((one) => one.to !== to);
      const count = Math.min(other < 0 ? this.#queue.length : other, MOST_AT_ONCE);
      const messages = this.#queue.splice(0, count).map((one) => one.message);
      await this.send({ type: "call", from: this.from(), to, messages }).catch(() => undefined);
    }
    this.#busy = false;
  }
}
