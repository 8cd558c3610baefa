/**
 * What the two pages of a call say to each other over `POST …/signals`. A page that takes part has an id of its own, made
 * anew each time it joins. Whatever arrives was written by somebody else's browser: what is not understood is left out.
 */

export type CallMessage =
  /**
   * I take part; do you? Repeated until the call stands. `since`: when I joined, by the server's clock; pages of earlier
   * releases do not say it.
   */
  | { type: "hello"; since?: number }
  | { type: "description"; description: RTCSessionDescriptionInit }
  | { type: "candidate"; candidate: RTCIceCandidateInit }
  /** I have hung up. */
  | { type: "bye" }
  /** Your user has joined from another page, with which I talk now. */
  | { type: "moved" };

/** `to`: the page that is meant; null stands for all of the other party's. */
export type CallSignal = { type: "call"; from: string; to: string | null; messages: CallMessage[] };

const DESCRIPTIONS = new Set<unknown>(["offer", "answer", "pranswer", "rollback"]);
const MOST_MESSAGES = 100;

/** The signal, without the messages in it that make no sense; null where it is none of a call. */
export function parseSignal(data: unknown): CallSignal | null {
  if (!isObject(data) || data["type"] !== "call" || typeof data["from"] !== "string") return null;
  const { from, to, messages } = data;
  if ((typeof to !== "string" && to !== null) || !Array.isArray(messages)) return null;
  const understood = messages.slice(0, MOST_MESSAGES).map(parseMessage);
  return { type: "call", from, to, messages: understood.filter((one) => one !== null) };
}

function parseMessage(data: unknown): CallMessage | null {
  if (!isObject(data)) return null;
  switch (data["type"]) {
    case "hello":
      return typeof data["since"] === "number" ? { type: "hello", since: data["since"] } : { type: "hello" };
    case "bye":
    case "moved":
      return { type: data["type"] };
    case "description": {
      const { description } = data;
      if (!isObject(description) || !DESCRIPTIONS.has(description["type"])) return null;
      if (typeof description["sdp"] !== "string") return null;
      return { type: "description", description: description as unknown as RTCSessionDescriptionInit };
    }
    case "candidate":
      return isObject(data["candidate"]) ? { type: "candidate", candidate: data["candidate"] } : null;
    default:
      return null;
  }
}

function isObject(data: unknown): data is Record<string, unknown> {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}
