import { ApiProblem } from "./problem";

/**
 * What a user means to do once, however often it is sent: a double click, a retry after a lost answer.
 *
 * The key stays the same until the server has answered for certain, and changes with the content, because the server
 * refuses one key for two different requests.
 */
export class Intent {
  #key: string | null = null;
  #content = "";

  /** Runs `send` with this intent's key. */
  async run<T>(content: unknown, send: (key: string) => Promise<T>): Promise<T> {
    const wanted = JSON.stringify(content ?? null);
    if (this.#key === null || wanted !== this.#content) {
      this.#key = crypto.randomUUID();
      this.#content = wanted;
    }
    try {
      const answer = await send(this.#key);
      this.#key = null;
      return answer;
    } catch (error) {
      // A refusal is an answer: the next try is a new intent. Only an unknown outcome is asked for again.
      if (error instanceof ApiProblem && error.status < 500 && error.status !== 429) this.#key = null;
      throw error;
    }
  }
}
