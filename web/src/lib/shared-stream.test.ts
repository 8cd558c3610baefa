// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { seeker, signedIn } from "@/test/people";
import { FakeLocks } from "@/test/locks";
import { signOut } from "./api/session";
import { shareStream } from "./shared-stream";

/** The streams that the server has open, with the Last-Event-ID of each. */
type Open = { from: string | null; send: (text: string) => void; breakOff: () => void };
let streams: Open[] = [];
let down = false;
let ends: (() => void)[] = [];

function listen(_: string, init: RequestInit): Promise<Response> {
  if (down) return Promise.reject(new TypeError("network"));
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      const stream = {
        from: new Headers(init.headers).get("Last-Event-ID"),
        send: (text: string) => controller.enqueue(new TextEncoder().encode(text)),
        breakOff: () => leave(() => controller.close()),
      };
      const leave = (how: () => void) => {
        streams = streams.filter((one) => one !== stream);
        how();
      };
      streams.push(stream);
      init.signal?.addEventListener("abort", () => leave(() => controller.error(new Error("aborted"))));
    },
  });
  return Promise.resolve(new Response(body, { headers: { "Content-Type": "text/event-stream" } }));
}

/** A tab of this browser, as far as the stream is concerned. */
function tab({ userId = seeker.id, urgent = false } = {}) {
  const received: string[] = [];
  let open = false;
  const end = shareStream(userId, {
    onMessage: ({ event, id }) => void (event && received.push(id ? `${event} ${id}` : event)),
    onOpen: (now) => void (open = now),
    isUrgent: () => urgent,
  });
  ends.push(end);
  return { received, isOpen: () => open, close: end };
}
/** A tab that the browser has stopped: it has the lock, and says nothing. */
function holdInSilence(): void {
  const never = new Promise(() => undefined);
  void navigator.locks.request(`cc.events.${seeker.id}`, () => never).catch(() => undefined);
}
const event = (id: number, name = "booking") => `id: ${id}\nevent: ${name}\ndata: {}\n\n`;
const realTimeout = setTimeout;
const settled = () => new Promise((done) => setTimeout(done, 50));

beforeEach(() => {
  streams = [];
  ends = [];
  down = false;
  localStorage.clear();
  vi.stubGlobal("navigator", { onLine: true, locks: new FakeLocks() });
  vi.stubGlobal("fetch", listen);
  signedIn(seeker);
});
afterEach(() => {
  vi.useRealTimers();
  for (const end of ends) end();
  signOut();
  vi.unstubAllGlobals();
});

describe("the tabs of a browser", () => {
  it("have one stream together, and all hear what it brings", async () => {
    const tabs = Array.from({ length: 11 }, () => tab());
    await vi.waitFor(() => expect(tabs.every((one) => one.isOpen())).toBe(true));
    expect(streams).toHaveLength(1);
    streams[0]?.send(event(1));
    await vi.waitFor(() => expect(tabs.map((one) => one.received)).toEqual(tabs.map(() => ["booking 1"])));
  });

  it("go on after the last message when the tab that holds the stream is closed", async () => {
    const [first, second, third] = [tab(), tab(), tab()];
    await vi.waitFor(() => expect(third.isOpen()).toBe(true));
    streams[0]?.send(event(41));
    await vi.waitFor(() => expect(third.received).toEqual(["booking 41"]));
    first.close();
    await vi.waitFor(() => expect(streams.map((one) => one.from)).toEqual(["41"]));
    streams[0]?.send(event(42));
    await vi.waitFor(() => expect(third.received).toEqual(["booking 41", "booking 42"]));
    expect(second.received).toEqual(third.received);
  });

  it("know of an open stream when they come later", async () => {
    tab();
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    const late = tab();
    await vi.waitFor(() => expect(late.isOpen()).toBe(true));
    expect(late.received).toEqual([]);
  });

  it("look anew when they have missed something", async () => {
    tab();
    const stopped = tab();
    await vi.waitFor(() => expect(stopped.isOpen()).toBe(true));
    const holder = new BroadcastChannel(`cc.events.${seeker.id}`);
    holder.postMessage({ kind: "state", open: true, lastId: "7" });
    await vi.waitFor(() => expect(stopped.received).toEqual(["reset"]));
    holder.close();
  });

  it("all know when the stream breaks off, and when it stands again", async () => {
    const [first, second] = [tab(), tab()];
    await vi.waitFor(() => expect(second.isOpen()).toBe(true));
    down = true;
    streams[0]?.breakOff();
    await vi.waitFor(() => expect([first.isOpen(), second.isOpen()]).toEqual([false, false]));
    down = false;
    await vi.waitFor(() => expect([first.isOpen(), second.isOpen()]).toEqual([true, true]), 3000);
  });

  it("do not wait long for the stream when a session in any of them depends on it", async () => {
    vi.useFakeTimers();
    down = true;
    const tries = vi.fn(listen);
    vi.stubGlobal("fetch", tries);
    tab();
    const other = tab({ urgent: true });
    for (let seconds = 0; seconds < 60; seconds += 1) {
      await vi.advanceTimersByTimeAsync(1000);
      // Messages between tabs take real time.
      await new Promise((done) => realTimeout(done));
    }
    expect(tries.mock.calls.length).toBeGreaterThan(12);
    expect(other.isOpen()).toBe(false);
  });

  it("take the stream over from one that the browser has stopped without a word", async () => {
    vi.useFakeTimers();
    holdInSilence();
    const waiting = tab();
    await vi.advanceTimersByTimeAsync(40_000);
    expect(streams).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(streams).toHaveLength(1);
    expect(waiting.isOpen()).toBe(true);
  });

  it("do not wait long for a holder that does not answer when a session depends on it", async () => {
    vi.useFakeTimers();
    holdInSilence();
    const session = tab({ urgent: true });
    await vi.advanceTimersByTimeAsync(4000);
    expect(streams).toHaveLength(1);
    expect(session.isOpen()).toBe(true);
  });

  it("leave the stream to a holder that answers, also when a session depends on it", async () => {
    vi.useFakeTimers();
    const holder = tab();
    const session = tab({ urgent: true });
    for (let times = 0; times < 30; times += 1) {
      await vi.advanceTimersByTimeAsync(500);
      // Messages between tabs take real time.
      await new Promise((done) => realTimeout(done, 5));
    }
    expect(streams).toHaveLength(1);
    holder.close();
    await vi.advanceTimersByTimeAsync(100);
    expect(session.isOpen()).toBe(true);
  });

  it("ask the holder as soon as somebody looks at the session", async () => {
    vi.useFakeTimers();
    holdInSilence();
    const visibility = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    tab({ urgent: true });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(streams).toHaveLength(0);
    visibility.mockReturnValue("visible");
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(2000);
    expect(streams).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1500);
    expect(streams).toHaveLength(1);
  });

  it("leave a silent one alone while nobody looks at them", async () => {
    vi.useFakeTimers();
    holdInSilence();
    vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    tab();
    await vi.advanceTimersByTimeAsync(200_000);
    expect(streams).toHaveLength(0);
  });

  it("of one user hear nothing of another's", async () => {
    tab({ userId: "somebody-else" });
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    const own = tab();
    await vi.waitFor(() => expect(streams).toHaveLength(2));
    streams[0]?.send(event(1));
    await settled();
    expect(own.received).toEqual([]);
  });

  it.each([
    ["Web Locks", () => vi.stubGlobal("navigator", { onLine: true })],
    ["channels between tabs", () => vi.stubGlobal("BroadcastChannel", undefined)],
  ])("have a stream each in browsers without %s", async (_, without) => {
    without();
    const [first, second] = [tab(), tab()];
    await vi.waitFor(() => expect(streams).toHaveLength(2));
    streams[1]?.send(event(1));
    await vi.waitFor(() => expect(second.received).toEqual(["booking 1"]));
    await settled();
    expect(first.received).toEqual([]);
  });
});
