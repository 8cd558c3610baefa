/**
 * A call as one page takes part in it: finds the other party's page, connects to it, and keeps at it when messages, the
 * network or that page are lost. Knows nothing of React, nor of how signals travel.
 */
import { serverNow } from "@/lib/clock";
import { Outbox } from "./outbox";
import { Peer, type Sending, type Tracks } from "./peer";
import { type CallMessage, type CallSignal, parseSignal } from "./call-signal";

export type CallStatus =
  /** Nobody else takes part yet. */
  | "waiting"
  | "connecting"
  | "connected"
  /** It was connected before, and tries to be again. */
  | "reconnecting"
  /** The other party talks with another page of this user. */
  | "moved"
  | "left";

export type CallState = {
  status: CallStatus;
  remote: Tracks;
  remoteSending: Sending | null;
  /** The other party has hung up, and has not come back. */
  otherLeft: boolean;
};

export type CallOptions = {
  polite: boolean;
  send: (signal: CallSignal) => Promise<void>;
  /** The servers for ICE, with credentials that are good now. */
  configure: () => Promise<RTCConfiguration>;
  createConnection?: (configuration: RTCConfiguration) => RTCPeerConnection;
};

/** How often the call looks whether something must be said again. */
export const TICK_MS = 3000;
/** After so many looks without a connection another way is looked for, and after so many all is begun anew. */
const RESTART_EVERY = 3;
const RENEW_EVERY = 10;

const NOBODY: Tracks = { audio: null, video: null };

export class Call {
  state: CallState = { status: "waiting", remote: NOBODY, remoteSending: null, otherLeft: false };

  readonly #options: Required<CallOptions>;
  readonly #listeners = new Set<() => void>();
  readonly #outbox: Outbox;
  #id = crypto.randomUUID() as string;
  /** When this page joined: of two pages of a user the one that joined last has the call. */
  #since = 0;
  #configuration: RTCConfiguration = {};
  #peer: { id: string; since: number | undefined; peer: Peer; stood: boolean } | null = null;
  /** Pages whose user has joined from another since. */
  readonly #replaced = new Set<string>();
  #tracks: Tracks = NOBODY;
  #sending: Sending = { microphone: false, camera: false, screen: false };
  #timer: ReturnType<typeof setInterval> | undefined;
  #ticks = 0;

  constructor(options: CallOptions) {
    this.#options = {
      createConnection: (configuration) => new RTCPeerConnection(configuration),
      ...options,
    };
    this.#outbox = new Outbox(() => this.#id, options.send);
  }

  /** Takes part. Rejects when the server does not let this call take place. */
  async join(): Promise<void> {
    this.#configuration = await this.#options.configure();
    if (this.#isOver()) return;
    this.#since = serverNow();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#say(null, this.#hello());
  }

  /** Hangs up. */
  leave(): void {
    if (this.#isOver()) return;
    this.#say(null, { type: "bye" });
    this.#end("left");
  }

  /** Another page of this user has taken the call over: nothing more is said. */
  moveAway(): void {
    if (!this.#isOver()) this.#end("moved");
  }

  /** Calls back when `state` is another. Returns what ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  setTracks(tracks: Tracks): void {
    this.#tracks = tracks;
    this.#peer?.peer.setTracks(tracks);
  }

  setSending(sending: Sending): void {
    this.#sending = sending;
    this.#peer?.peer.setSending(sending);
  }

  /** For `measure` in quality.ts; null without a connection. */
  getStats(): Promise<RTCStatsReport> | null {
    return this.#peer?.peer.getStats() ?? null;
  }

  /** Signals may have been lost: says at once what would be said at the next look. */
  catchUp(): void {
    if (this.#timer !== undefined && !this.#isOver()) this.#tick();
  }

  /** Takes a signal of the other party's page. */
  receive(data: unknown): void {
    const signal = parseSignal(data);
    if (!signal || this.#isOver() || this.#timer === undefined) return;
    if (signal.to !== null && signal.to !== this.#id) return;
    for (const message of signal.messages) this.#take(signal, message);
  }

  #take({ from, to }: CallSignal, message: CallMessage): void {
    if (message.type === "moved") return this.#end("moved");
    // Signals are not stored: a device that was asleep has not heard it.
    if (this.#replaced.has(from)) return this.#say(from, { type: "moved" });
    if (message.type === "hello") return this.#greet(from, to === null, message.since);
    if (this.#peer?.id !== from) return;
    if (message.type === "bye") {
      this.#replaced.clear();
      this.#closePeer();
      this.#set({ status: "waiting", otherLeft: true });
    } else {
      this.#peer.peer.receive(message);
    }
  }

  /** A page of the other party takes part; the last that joined has the call. `asks`: it does not know of this one yet. */
  #greet(id: string, asks: boolean, since: number | undefined): void {
    const current = this.#peer;
    if (current && current.id !== id && isBefore(since, current.since))
      return this.#say(id, { type: "moved" });
    if (asks) this.#say(id, this.#hello());
    if (current?.id === id) return;
    if (current) {
      this.#replaced.add(current.id);
      this.#say(current.id, { type: "moved" });
    }
    this.#connect(id, since);
  }

  #connect(id: string, since: number | undefined): void {
    this.#closePeer();
    const peer: Peer = new Peer({
      connection: this.#options.createConnection(this.#configuration),
      polite: this.#options.polite,
      send: (message) => this.#say(id, message),
      onChange: () => {
        if (this.#peer?.peer === peer) this.#follow();
      },
    });
    peer.setTracks(this.#tracks);
    peer.setSending(this.#sending);
    this.#peer = { id, since, peer, stood: false };
    this.#ticks = 0;
    this.#set({ status: "connecting", otherLeft: false });
  }

  /** What the connection says of itself becomes the call's state. */
  #follow(): void {
    const current = this.#peer;
    if (!current) return;
    const { state, remote, remoteSending } = current.peer;
    if (state === "connected") {
      current.stood = true;
      this.#ticks = 0;
    }
    // The browser has given up on the way there was: no need to wait for the next look.
    if (state === "failed" && this.state.status === "connected") void this.#restart();
    const status = state === "connected" ? "connected" : current.stood ? "reconnecting" : "connecting";
    this.#set({ status, remote, remoteSending });
  }

  #tick(): void {
    if (this.#peer?.peer.state === "connected") return;
    if (!this.#peer) {
      if (this.state.status === "reconnecting") this.#set({ status: "waiting" });
      return this.#say(null, this.#hello());
    }
    this.#ticks += 1;
    if (this.#ticks % RENEW_EVERY === 0) return this.#renew();
    if (this.#ticks % RESTART_EVERY === 0) return void this.#restart();
    if (!this.#peer.peer.repeatOffer()) this.#say(this.#peer.id, this.#hello());
  }

  async #restart(): Promise<void> {
    const current = this.#peer;
    // Without an answer the servers of before may still do.
    const configuration = await this.#options.configure().catch(() => null);
    if (configuration) this.#configuration = configuration;
    if (current === this.#peer && current?.peer.state !== "connected") current?.peer.restart(configuration);
  }

  /** As if this page had just joined: whatever the two sides believed of each other is forgotten. */
  #renew(): void {
    this.#closePeer();
    this.#id = crypto.randomUUID();
    this.#set({ status: "reconnecting" });
    this.#say(null, this.#hello());
  }

  #hello(): CallMessage {
    return { type: "hello", since: this.#since };
  }

  #say(to: string | null, message: CallMessage): void {
    this.#outbox.add(to, message);
  }

  #closePeer(): void {
    this.#peer?.peer.close();
    this.#peer = null;
    this.#set({ remote: NOBODY, remoteSending: null });
  }

  #end(status: "moved" | "left"): void {
    clearInterval(this.#timer);
    this.#closePeer();
    this.#set({ status });
  }

  #isOver(): boolean {
    return this.state.status === "left" || this.state.status === "moved";
  }

  #set(change: Partial<CallState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** False where one of the two does not say when it joined. */
function isBefore(since: number | undefined, other: number | undefined): boolean {
  return since !== undefined && other !== undefined && since < other;
}
