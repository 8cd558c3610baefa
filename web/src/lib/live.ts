/**
 * News about one's bookings and payments: what the event stream brings makes the pages ask again. While there is none,
 * pages that are visible poll (`useLiveInterval`).
 */
import type { QueryClient } from "@tanstack/react-query";
import { create } from "zustand";
import { useSession } from "./api/session";
import { keys } from "./query-keys";
import { type StreamListener, shareStream } from "./shared-stream";

/** Under two seconds including the answer: what a change by the other side may take to show. */
const POLL_MS = 1500;
/** Even a healthy stream may have lost a message on the way: a slow look keeps the page true. */
const SAFETY_MS = 30_000;

/**
 * Booking hears of money at the same moment as the page does, and may not have written it down when the page asks: so
 * the page asks again, this long after.
 */
const AGAIN_MS = [1000, 5000];
const OF_MONEY = /^(payment|payout)\b/;

/** One answer that brings several messages, and a stream that resumes, make the pages ask once. */
const TOGETHER_MS = 50;

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
  let followed: { userId: string; stop: () => void } | null = null;
  const follow = () => {
    const { status, user } = useSession.getState();
    const userId = status === "in" && user ? user.id : null;
    if (userId === (followed?.userId ?? null)) return;
    followed?.stop();
    followed = userId === null ? null : { userId, stop: shareStream(userId, listenerOf(queries)) };
  };
  follow();
  const unsubscribe = useSession.subscribe(follow);
  return () => {
    unsubscribe();
    followed?.stop();
  };
}

function listenerOf(queries: QueryClient): StreamListener {
  return {
    onMessage: (message) => {
      if (message.event === "session.signal") passOn(message.data);
      else if (message.data) {
        refresh(queries);
        if (OF_MONEY.test(message.event ?? "")) refreshAgain(queries);
      }
    },
    onOpen: (open) => useStream.setState({ open }),
    // A call, or the presence in a session.
    isUrgent: () => signalListeners.size > 0,
  };
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

function refreshNow(queries: QueryClient): void {
  for (const queryKey of [keys.bookings.all, keys.payments.all, keys.slots.all, keys.notifications.all])
    void queries.invalidateQueries({ queryKey, refetchType: "active" });
}

function refreshAgain(queries: QueryClient): void {
  for (const ms of AGAIN_MS) setTimeout(() => useSession.getState().status === "in" && refresh(queries), ms);
}
