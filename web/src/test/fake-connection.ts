/**
 * Stands in for RTCPeerConnection in tests: its signalling states, rollback, transceivers and a negotiated channel, as
 * far as `Peer` uses them. Two of them are connected once each has the other's description and `network.up` holds.
 */
export const network = { up: true };

type Description = { type: RTCSdpType; sdp: string };

export class FakeTransceiver {
  direction = "recvonly";
  readonly receiver: { track: { kind: string } };
  readonly sender = {
    track: null as unknown,
    replaceTrack: (track: unknown) => Promise.resolve(void (this.sender.track = track)),
  };

  constructor(kind: string) {
    this.receiver = { track: { kind } };
  }
}

export class FakeConnection extends EventTarget {
  static made: FakeConnection[] = [];
  signalingState: RTCSignalingState = "stable";
  connectionState: RTCPeerConnectionState = "new";
  localDescription: Description | null = null;
  remoteDescription: Description | null = null;
  readonly candidates: unknown[] = [];
  readonly channel = Object.assign(new EventTarget(), {
    readyState: "connecting",
    sent: [] as string[],
    send: (text: string) => void this.channel.sent.push(text),
    close: () => undefined,
  });
  rollbacks = 0;
  offers = 0;
  #transceivers: FakeTransceiver[] = [];

  constructor() {
    super();
    FakeConnection.made.push(this);
  }

  /** As the parameter of a test's `createConnection`. */
  get real(): RTCPeerConnection {
    return this as unknown as RTCPeerConnection;
  }

  addTransceiver(kind: string): void {
    this.#transceivers.push(new FakeTransceiver(kind));
    if (this.#transceivers.length === 1)
      queueMicrotask(() => this.dispatchEvent(new Event("negotiationneeded")));
  }

  getTransceivers(): FakeTransceiver[] {
    return this.#transceivers;
  }

  createDataChannel() {
    return this.channel;
  }

  createOffer(): Promise<Description> {
    this.offers += 1;
    return Promise.resolve({ type: "offer", sdp: `v=0 offer ${this.offers}` });
  }

  async setLocalDescription(description?: Description): Promise<void> {
    await Promise.resolve();
    const answers = this.signalingState === "have-remote-offer";
    this.localDescription = description ?? { type: answers ? "answer" : "offer", sdp: "v=0" };
    this.signalingState = this.localDescription.type === "offer" ? "have-local-offer" : "stable";
    this.#settle();
  }

  async setRemoteDescription(description: Description): Promise<void> {
    await Promise.resolve();
    if (!description.sdp.startsWith("v=0")) throw new DOMException("no SDP", "OperationError");
    if (description.type === "answer") {
      if (this.signalingState !== "have-local-offer") throw new DOMException("", "InvalidStateError");
      this.signalingState = "stable";
    } else {
      if (this.signalingState === "have-local-offer") this.rollbacks += 1;
      this.signalingState = "have-remote-offer";
      if (this.#transceivers.length === 0)
        this.#transceivers = ["audio", "video"].map((kind) => new FakeTransceiver(kind));
    }
    this.remoteDescription = description;
    this.#settle();
  }

  addIceCandidate(candidate: unknown): Promise<void> {
    if (!this.remoteDescription) return Promise.reject(new DOMException("", "InvalidStateError"));
    this.candidates.push(candidate);
    return Promise.resolve();
  }

  setConfiguration(): void {}

  getStats(): Promise<Map<string, unknown>> {
    return Promise.resolve(new Map());
  }

  close(): void {
    this.signalingState = "closed";
    this.connectionState = "closed";
  }

  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.dispatchEvent(new Event("connectionstatechange"));
  }

  #settle(): void {
    if (this.signalingState !== "stable" || !this.remoteDescription || !network.up) return;
    this.become("connected");
    this.channel.readyState = "open";
    this.channel.dispatchEvent(new Event("open"));
  }
}
