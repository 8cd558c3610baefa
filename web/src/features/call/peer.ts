/**
 * One connection to one page of the other party, by perfect negotiation (W3C WebRTC, 10.7): either side may offer at any
 * time; where both do, the polite one takes its own back. The impolite side lays out the media: audio, video and a data
 * channel. Everything later (mute, another device, a screen instead of the camera) replaces tracks and needs no offer;
 * what remains to be negotiated is a restart of ICE.
 */
import type { CallMessage } from "./call-signal";

/** What each side shows of itself. */
export type Sending = { microphone: boolean; camera: boolean; screen: boolean };
export type Tracks = { audio: MediaStreamTrack | null; video: MediaStreamTrack | null };

export type PeerOptions = {
  connection: RTCPeerConnection;
  polite: boolean;
  send: (message: CallMessage) => void;
  /** Something that one can see of this object has changed. */
  onChange: () => void;
};

const CHANNEL = { negotiated: true, id: 0 };

export class Peer {
  /** What the other side sends; null until their track is there. */
  remote: Tracks = { audio: null, video: null };
  remoteSending: Sending | null = null;

  readonly #connection: RTCPeerConnection;
  readonly #polite: boolean;
  readonly #send: (message: CallMessage) => void;
  readonly #onChange: () => void;
  #channel: RTCDataChannel | null = null;
  #local: Tracks = { audio: null, video: null };
  #sending: Sending = { microphone: false, camera: false, screen: false };
  #makingOffer = false;
  #ignoresOffer = false;
  #candidates: RTCIceCandidateInit[] = [];
  #work: Promise<void> = Promise.resolve();

  constructor({ connection, polite, send, onChange }: PeerOptions) {
    this.#connection = connection;
    this.#polite = polite;
    this.#send = send;
    this.#onChange = onChange;
    connection.addEventListener("negotiationneeded", () => this.#inOrder(() => this.#offer(false)));
    connection.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate) send({ type: "candidate", candidate: candidate.toJSON() });
    });
    connection.addEventListener("track", ({ track }) => {
      this.remote = { ...this.remote, [track.kind]: track };
      onChange();
    });
    for (const event of ["connectionstatechange", "iceconnectionstatechange"])
      connection.addEventListener(event, onChange);
    if (!polite) {
      for (const kind of ["audio", "video"]) connection.addTransceiver(kind, { direction: "sendrecv" });
      this.#openChannel();
    }
  }

  get state(): RTCPeerConnectionState {
    return this.#connection.connectionState;
  }

  getStats(): Promise<RTCStatsReport> {
    return this.#connection.getStats();
  }

  /** Sends these from now on, in place of what was sent before. */
  setTracks(tracks: Tracks): void {
    this.#local = tracks;
    void this.#applyTracks();
  }

  /** Tells the other side what is on and what is off. */
  setSending(sending: Sending): void {
    this.#sending = sending;
    this.#tellSending();
  }

  /** Takes a message of the other side. What it cannot use, it leaves out: a bad one must not end the call. */
  receive(message: CallMessage): void {
    if (message.type === "description") this.#inOrder(() => this.#describe(message.description));
    else if (message.type === "candidate") this.#inOrder(() => this.#addCandidate(message.candidate));
  }

  /** Says again what may have been lost: an offer that nobody has answered. Whether there was one. */
  repeatOffer(): boolean {
    const { signalingState, localDescription } = this.#connection;
    if (signalingState !== "have-local-offer" || !localDescription) return false;
    this.#send({ type: "description", description: toPlain(localDescription) });
    return true;
  }

  /** Looks for a new way to the other side, with these servers. */
  restart(configuration: RTCConfiguration | null): void {
    // Whoever has not been offered anything has nothing to restart.
    if (this.#polite && !this.#connection.remoteDescription) return;
    this.#inOrder(async () => {
      if (configuration) this.#connection.setConfiguration(configuration);
      await this.#offer(true);
    });
  }

  close(): void {
    this.#channel?.close();
    this.#connection.close();
  }

  async #offer(iceRestart: boolean): Promise<void> {
    if (this.#connection.signalingState === "have-remote-offer") return;
    try {
      this.#makingOffer = true;
      await this.#connection.setLocalDescription(await this.#connection.createOffer({ iceRestart }));
      this.#sendDescription();
    } finally {
      this.#makingOffer = false;
    }
  }

  async #describe(description: RTCSessionDescriptionInit): Promise<void> {
    const collides =
      description.type === "offer" && (this.#makingOffer || this.#connection.signalingState !== "stable");
    this.#ignoresOffer = !this.#polite && collides;
    if (this.#ignoresOffer) return;
    if (description.type === "answer" && this.#connection.signalingState !== "have-local-offer") return;
    await this.#connection.setRemoteDescription(description);
    for (const candidate of this.#candidates.splice(0)) await this.#addCandidate(candidate);
    if (description.type !== "offer") return;
    if (this.#polite) {
      for (const transceiver of this.#connection.getTransceivers()) transceiver.direction = "sendrecv";
      if (!this.#channel) this.#openChannel();
    }
    await this.#applyTracks();
    await this.#connection.setLocalDescription();
    this.#sendDescription();
  }

  async #addCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    if (!this.#connection.remoteDescription) {
      this.#candidates.push(candidate);
      return;
    }
    await this.#connection.addIceCandidate(candidate).catch((error: unknown) => {
      // Those of an offer that was not taken fit nothing.
      if (!this.#ignoresOffer) console.info("A candidate of the other side was left out:", error);
    });
  }

  #sendDescription(): void {
    const { localDescription } = this.#connection;
    if (localDescription) this.#send({ type: "description", description: toPlain(localDescription) });
  }

  async #applyTracks(): Promise<void> {
    for (const { sender, receiver } of this.#connection.getTransceivers()) {
      const track = this.#local[receiver.track.kind as keyof Tracks];
      if (sender.track !== track) await sender.replaceTrack(track).catch(() => undefined);
    }
  }

  #openChannel(): void {
    const channel = this.#connection.createDataChannel("sending", CHANNEL);
    channel.addEventListener("open", () => this.#tellSending());
    channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      const sending = parseSending(data);
      if (!sending) return;
      this.remoteSending = sending;
      this.#onChange();
    });
    this.#channel = channel;
  }

  #tellSending(): void {
    if (this.#channel?.readyState === "open") this.#channel.send(JSON.stringify(this.#sending));
  }

  /** One step after the other, so that a candidate never overtakes its description. */
  #inOrder(step: () => Promise<void>): void {
    this.#work = this.#work.then(step).catch((error: unknown) => {
      if (this.#connection.signalingState !== "closed")
        console.info("A step of the call’s negotiation was left out:", error);
    });
  }
}

function toPlain({ type, sdp }: RTCSessionDescription): RTCSessionDescriptionInit {
  return { type, sdp };
}

function parseSending(data: unknown): Sending | null {
  if (typeof data !== "string" || data.length > 1000) return null;
  try {
    const { microphone, camera, screen } = JSON.parse(data) as Record<string, unknown>;
    return { microphone: microphone === true, camera: camera === true, screen: screen === true };
  } catch {
    return null;
  }
}
