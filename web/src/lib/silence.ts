/** Calls back once when nothing has been heard for so long. */
export class Silence {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly ms: number,
    private readonly onSilence: () => void,
  ) {
    this.interrupt();
  }

  /** Something was heard: the time begins anew. */
  interrupt(): void {
    this.end();
    this.#timer = setTimeout(this.onSilence, this.ms);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
