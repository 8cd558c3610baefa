import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { seeker, signedIn } from "@/test/people";
import { signOut, useSession } from "./api/session";
import { startLive } from "./live";

describe("news", () => {
  let stop = () => {};
  const stored = new Map<string, string>();
  beforeEach(() => {
    stored.clear();
    vi.stubGlobal("localStorage", {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => stored.set(key, value),
      removeItem: (key: string) => stored.delete(key),
    });
  });
  afterEach(() => {
    stop();
    signOut();
    vi.unstubAllGlobals();
  });

  /** What a page shows of bookings, how often it was asked for, and how to send news. */
  function watched() {
    let send: (text: string) => void = () => {};
    const sent = vi.fn(() => {
      const body = new ReadableStream<Uint8Array>({
        start: (stream) => void (send = (text) => stream.enqueue(new TextEncoder().encode(text))),
      });
      return Promise.resolve(new Response(body, { headers: { "Content-Type": "text/event-stream" } }));
    });
    vi.stubGlobal("fetch", sent);
    const client = new QueryClient();
    const asked = vi.fn(() => Promise.resolve("bookings"));
    new QueryObserver(client, {
      queryKey: ["bookings", "live"],
      queryFn: asked,
      staleTime: Infinity,
    }).subscribe(() => {});
    stop = startLive(client);
    return { sent, asked, say: (text: string) => send(text) };
  }

  it("are listened to while somebody is signed in, with their token", async () => {
    const { sent } = watched();
    expect(sent).not.toHaveBeenCalled();
    signedIn(seeker);
    await vi.waitFor(() => expect(sent).toHaveBeenCalledTimes(1));
    const [path, { headers, signal }] = sent.mock.calls[0] as unknown as [string, RequestInit];
    expect(path).toBe("/events");
    expect(headers).toMatchObject({ Authorization: "Bearer token" });
    signOut();
    expect(signal?.aborted).toBe(true);
  });

  it("make the pages ask again at once; a heartbeat does not", async () => {
    const { asked, say } = watched();
    signedIn(seeker);
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(1));
    say(": still here\n\n");
    await new Promise((done) => setTimeout(done, 100));
    expect(asked).toHaveBeenCalledTimes(1);
    say("id: 1\nevent: booking.accepted.v1\ndata: {}\n\n");
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(2));
  });

  it("that come together make the pages ask once", async () => {
    const { sent, asked, say } = watched();
    signedIn(seeker);
    await vi.waitFor(() => expect(sent).toHaveBeenCalled());
    say("id: 1\nevent: booking.accepted\ndata: {}\n\nid: 2\nevent: booking.confirmed\ndata: {}\n\n");
    say("id: 3\nevent: reset\ndata: {}\n\n");
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(2));
    await new Promise((done) => setTimeout(done, 100));
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it("go on, after a reload, where this user has heard the last", async () => {
    const { sent, say } = watched();
    const from = () =>
      sent.mock.calls.map(
        (call) => ((call as unknown[])[1] as { headers: Record<string, string> }).headers["Last-Event-ID"],
      );
    signedIn(seeker);
    await vi.waitFor(() => expect(from()).toEqual(["0"]));
    say("id: 41\nevent: booking.accepted\ndata: {}\n\n");
    await vi.waitFor(() => expect(stored.get("cc.last-event")).toContain("41"));
    signOut();
    signedIn(seeker);
    await vi.waitFor(() => expect(from()).toEqual(["0", "41"]));
    signOut();
    signedIn({ ...seeker, id: "somebody-else" });
    await vi.waitFor(() => expect(from()).toEqual(["0", "41", "0"]));
  });

  it("of money make the pages ask again, for booking may have heard of it a moment later", async () => {
    const { asked, say } = watched();
    signedIn(seeker);
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(1));
    say("id: 1\nevent: payment.captured\ndata: {}\n\n");
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(3), { timeout: 4000 });
  });

  it("are listened to as the one who is signed in now, also when somebody else signs in over a session", async () => {
    const { sent } = watched();
    signedIn(seeker);
    await vi.waitFor(() => expect(sent).toHaveBeenCalledTimes(1));
    const [, first] = sent.mock.calls[0] as unknown as [string, RequestInit];
    signedIn({ ...seeker, id: "somebody-else" });
    await vi.waitFor(() => expect(sent).toHaveBeenCalledTimes(2));
    expect(first.signal?.aborted).toBe(true);
  });

  it("end the session here when it was revoked elsewhere", async () => {
    const asked = vi.fn((path: string) =>
      Promise.resolve(new Response(`{"code": "unauthenticated", "path": "${path}"}`, { status: 401 })),
    );
    vi.stubGlobal("fetch", asked);
    vi.stubGlobal("document", Object.assign(new EventTarget(), { cookie: "" }));
    stop = startLive(new QueryClient());
    signedIn(seeker);
    await vi.waitFor(() => expect(useSession.getState()).toMatchObject({ status: "out", ended: true }));
    expect(asked.mock.calls.map(([path]) => path)).toEqual(["/events", "/users/refresh"]);
  });
});
