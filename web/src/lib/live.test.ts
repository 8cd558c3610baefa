import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { seeker, signedIn } from "@/test/people";
import { signOut } from "./api/session";
import { messages, startLive } from "./live";

async function read(...chunks: string[]) {
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
  const found = [];
  for await (const message of messages(stream)) found.push(message);
  return found;
}

describe("an event stream", () => {
  it("is cut at blank lines, wherever the network cuts it", async () => {
    expect(await read("id: 7\nevent: booking\nda", "ta: {}\n", "\nid: 8\ndata: x\n\n")).toEqual([
      { id: "7", event: "booking", data: "{}" },
      { id: "8", data: "x" },
    ]);
  });

  it("joins lines of data and skips comments", async () => {
    expect(await read(": hello\ndata: a\ndata: b\n\n")).toEqual([{ data: "a\nb" }]);
  });

  it("takes line ends of any kind", async () => {
    expect(await read("data: a\r\n\r\n")).toEqual([{ data: "a" }]);
  });

  it("does not split a letter that arrives in two pieces", async () => {
    const bytes = new TextEncoder().encode("data: é\n\n");
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes.slice(0, 7));
        controller.enqueue(bytes.slice(7));
        controller.close();
      },
    });
    for await (const message of messages(stream)) expect(message.data).toBe("é");
  });
});

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
});
