/** Stands in for `navigator.locks`, which neither Node.js nor jsdom has: one holder at a time, a queue, signals and `steal`. */
type Options = { signal?: AbortSignal; steal?: boolean; ifAvailable?: boolean };
type Work = (lock: object | null) => unknown;
type Request = { work: Work; resolve: (value: unknown) => void; reject: (reason: Error) => void };

const aborted = () => new DOMException("The request was aborted.", "AbortError");

export class FakeLocks {
  readonly #holders = new Map<string, Request>();
  readonly #queues = new Map<string, Request[]>();

  request(name: string, options: Options | Work, work?: Work): Promise<unknown> {
    if (typeof options === "function") return this.request(name, {}, options);
    return new Promise((resolve, reject) => {
      const request = { work: work as Work, resolve, reject };
      const holder = this.#holders.get(name);
      if (options.signal?.aborted) return reject(aborted());
      if (options.steal) {
        holder?.reject(aborted());
        return this.#grant(name, request);
      }
      if (!holder) return this.#grant(name, request);
      if (options.ifAvailable) return resolve(request.work(null));
      const queue = this.#queues.get(name) ?? [];
      this.#queues.set(name, queue);
      queue.push(request);
      options.signal?.addEventListener("abort", () => {
        if (!queue.includes(request)) return;
        queue.splice(queue.indexOf(request), 1);
        reject(aborted());
      });
    });
  }

  #grant(name: string, request: Request): void {
    this.#holders.set(name, request);
    void Promise.resolve()
      .then(() => request.work({ name }))
      .then(request.resolve, request.reject)
      .finally(() => {
        // Unless it was stolen.
        if (this.#holders.get(name) !== request) return;
        this.#holders.delete(name);
        const next = this.#queues.get(name)?.shift();
        if (next) this.#grant(name, next);
      });
  }
}
