/** Server-sent events, read with fetch, because EventSource cannot send the access token. */
import { freshToken, renew } from "./api/renewal";
import { Silence } from "./silence";

/** A comment comes every 15 s at least: a stream that is silent for longer has lost its connection. */
const SILENT_MS = 40_000;
/** How long to wait before the second try; before each further one twice as long. */
const FIRST_WAIT_MS = 1000;

export type Message = { id?: string; event?: string; data: string };

type Options = {
  /** The id of the last message that is known. */
  lastId: string;
  /** What ends it. */
  ended: AbortSignal;
  onMessage: (message: Message) => void;
  /** The stream has opened, or could not be opened, or broke off. */
  onOpen: (open: boolean) => void;
  /** How long to wait between two tries at most. */
  longestWait: () => number;
};

/**
 * Reads the events of who is signed in. A stream that breaks off is opened again and goes on after the last message, or with
 * a `reset` where the server cannot report what came after it.
 */
export async function readEvents({ lastId, ended, onMessage, onOpen, longestWait }: Options): Promise<void> {
  const report = (open: boolean) => {
    if (!ended.aborted) onOpen(open);
  };
  let wait = FIRST_WAIT_MS;
  while (!ended.aborted) {
    const broken = new AbortController();
    const silence = new Silence(SILENT_MS, () => broken.abort());
    report(false);
    try {
      const stream = await open(lastId, AbortSignal.any([ended, broken.signal]));
      if (stream) {
        report(true);
        wait = FIRST_WAIT_MS;
        for await (const message of messages(stream)) {
          silence.interrupt();
          lastId = message.id ?? lastId;
          if (!ended.aborted) onMessage(message);
        }
      }
    } catch {
      // The connection broke; polling covers until the next try.
    }
    silence.end();
    report(false);
    if (ended.aborted) return;
    await pause(wait);
    wait = Math.min(wait * 2, longestWait());
  }
}

/** The stream after `lastId`; null where the server has none, or none for this session any more. */
async function open(lastId: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array> | null> {
  const token = await freshToken();
  if (token === null) return null;
  const headers: Record<string, string> = {
    Accept: "text/event-stream",
    Authorization: `Bearer ${token}`,
    "Last-Event-ID": lastId,
  };
  const response = await fetch("/events", { headers, signal });
  if (response.ok && response.headers.get("Content-Type")?.startsWith("text/event-stream"))
    return response.body;
  await response.body?.cancel();
  // Revoked elsewhere: the renewal is refused too, which ends the session here. Otherwise the next try has a new token.
  if (response.status === 401) await renew(token);
  return null;
}

/** Waits; not any longer once the network is back. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      globalThis.removeEventListener?.("online", finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    globalThis.addEventListener?.("online", finish);
  });
}

/** The messages of an event stream; comments and heartbeats carry no data and are passed on empty. */
export async function* messages(stream: ReadableStream<Uint8Array>): AsyncGenerator<Message> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true }).replaceAll("\r\n", "\n");
      const blocks = rest.split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) yield parse(block);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function parse(block: string): Message {
  const message: Message = { data: "" };
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon === 0) continue;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") data.push(value);
    else if (field === "id") message.id = value;
    else if (field === "event") message.event = value;
  }
  message.data = data.join("\n");
  return message;
}
