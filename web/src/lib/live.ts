/**
 * News about one's bookings and payments. Server-sent events are read with fetch, because EventSource cannot send the
 * access token; a gateway without them answers 404, and pages then poll (`useLiveInterval`) while they are visible.
 */
import type { QueryClient } from "@tanstack/react-query";
import { create } from "zustand";
import { freshToken } from "./api/renewal";
import { useSession } from "./api/session";
import { keys } from "./query-keys";

/** Under two seconds including the answer: what a change by the other side may take to show. */
const POLL_MS = 1500;
/** Even a healthy stream may have lost a message on the way: a slow look keeps the page true. */
const SAFETY_MS = 30_000;

/** A comment comes every 15 s at least: a stream that is silent for longer has lost its connection. */
const SILENT_MS = 40_000;

/** How long to wait between two tries at most, while a call may depend on the stream. */
const LONGEST_IN_SESSION_MS = 4000;

/**
 * Booking hears of money at the same moment as the page does, and may not have written it down when the page asks: so
 * the page asks again, this long after.
 */
const AGAIN_MS = [1000, 5000];
const OF_MONEY = /^(payment|payout)\b/;

/** One answer that brings several messages, and a stream that resumes, make the pages ask once. */
const TOGETHER_MS = 50;

/** The id that this browser has heard last, and whose: the next page goes on from there. */
const HEARD = "cc.last-event";

const useStream = create<{ open: boolean }>(() => ({ open: false }));

/** What the other party of a booking has sent with `POST …/signals`; `data` is whatever they wrote. */
export type Signal = { booking_id: string; from: string; data: unknown };
const signalListeners = new Set<(signal: Signal) => void>();

/** Calls back for every signal of every booking. Returns what ends that. */
export function onSignal(listener: (signal: Signal) => void): () => void {
  signalListeners.add(listener);
  return () => void signalListeners.delete(listener);
}

/** Calls back whenever the stream has opened: signals that were sent before are lost. Returns what ends that. */
export function onStreamOpen(listener: () => void): () => void {
  return useStream.subscribe((now, before) => {
    if (now.open && !before.open) listener();
  });
}

/** For `refetchInterval` of queries that the other side can change. TanStack pauses it while the page is hidden. */
export function useLiveInterval(): number {
  return useStream((state) => (state.open ? SAFETY_MS : POLL_MS));
}

/** Follows the session: listens while somebody is signed in. Returns what stops it. */
export function startLive(queries: QueryClient): () => void {
  let connection: AbortController | null = null;
  const follow = () => {
    const signedIn = useSession.getState().status === "in";
    if (signedIn && !connection) {
      connection = new AbortController();
      void listen(queries, connection.signal);
    } else if (!signedIn && connection) {
      connection.abort();
      connection = null;
    }
  };
  follow();
  const unsubscribe = useSession.subscribe(follow);
  return () => {
    unsubscribe();
    connection?.abort();
  };
}

async function listen(queries: QueryClient, ended: AbortSignal): Promise<void> {
  const userId = useSession.getState().user?.id ?? "";
  let lastId = lastHeard(userId);
  let wait = 1000;
  while (!ended.aborted) {
    const silence = new Silence();
    const signal = AbortSignal.any([ended, silence.signal]);
    try {
      const token = await freshToken();
      if (token === null) return;
      const headers: Record<string, string> = {
        Accept: "text/event-stream",
        Authorization: `Bearer ${token}`,
        // The server sends what came after it, or a reset where it cannot: nothing has to be asked for twice.
        "Last-Event-ID": lastId,
      };
      const response: Response = await fetch("/events", { headers, signal });
      const streams = response.headers.get("Content-Type")?.startsWith("text/event-stream");
      if (response.status === 404 || response.status === 405 || (response.ok && !streams)) return;
      if (response.ok && response.body) {
        useStream.setState({ open: true });
        wait = 1000;
        for await (const message of messages(response.body)) {
          silence.interrupt();
          if (message.id) {
            lastId = message.id;
            rememberHeard(userId, lastId);
          }
          if (message.event === "session.signal") passOn(message.data);
          else if (message.data) {
            refresh(queries);
            if (OF_MONEY.test(message.event ?? "")) refreshAgain(queries, ended);
          }
        }
      }
    } catch {
      // The connection broke; polling covers until the next try.
    }
    silence.end();
    useStream.setState({ open: false });
    if (ended.aborted) return;
    await pause(wait);
    wait = Math.min(wait * 2, signalListeners.size > 0 ? LONGEST_IN_SESSION_MS : 30_000);
  }
}

/** Aborts its signal when nothing has interrupted it for SILENT_MS. */
class Silence {
  readonly #controller = new AbortController();
  #timer = this.#start();

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  interrupt(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#start();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #start() {
    return setTimeout(() => this.#controller.abort(), SILENT_MS);
  }
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

function passOn(data: string): void {
  let signal: Signal;
  try {
    signal = JSON.parse(data) as Signal;
  } catch {
    return;
  }
  for (const listener of signalListeners) listener(signal);
}

let refreshing: ReturnType<typeof setTimeout> | null = null;

function refresh(queries: QueryClient): void {
  refreshing ??= setTimeout(() => {
    refreshing = null;
    refreshNow(queries);
  }, TOGETHER_MS);
}

/** "0" where nothing is known: before a user's first event. */
function lastHeard(userId: string): string {
  try {
    const [whose, id] = localStorage.getItem(HEARD)?.split(" ") ?? [];
    return whose === userId && id ? id : "0";
  } catch {
    return "0";
  }
}

function rememberHeard(userId: string, id: string): void {
  try {
    localStorage.setItem(HEARD, `${userId} ${id}`);
  } catch {
    // Storage is switched off: the next page is told to look anew.
  }
}

function refreshNow(queries: QueryClient): void {
  for (const queryKey of [keys.bookings.all, keys.payments.all, keys.slots.all, keys.notifications.all])
    void queries.invalidateQueries({ queryKey, refetchType: "active" });
}

function refreshAgain(queries: QueryClient, ended: AbortSignal): void {
  for (const ms of AGAIN_MS) setTimeout(() => !ended.aborted && refresh(queries), ms);
}

export type Message = { id?: string; event?: string; data: string };

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
