/** This user's camera, microphone and screen. Knows nothing of React, nor of the call. */

import { type Kind, type MediaProblem, dismissed, problemOf } from "./device-access";

export type { Kind, MediaProblem };

export type MediaState = {
  /** Whether the devices have been asked for. */
  asked: boolean;
  busy: boolean;
  tracks: Record<Kind | "screen", MediaStreamTrack | null>;
  /** What the user wants to be on. */
  on: Record<Kind, boolean>;
  problems: Record<Kind, MediaProblem | null>;
  devices: MediaDeviceInfo[];
  /** Where sound is to be played; empty for the browser's own choice. */
  speaker: string;
};

type Source = Pick<
  MediaDevices,
  "getUserMedia" | "getDisplayMedia" | "enumerateDevices" | "addEventListener" | "removeEventListener"
>;

const CONSTRAINTS: Record<Kind, MediaTrackConstraints> = {
  microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  camera: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
};

export class LocalMedia {
  state: MediaState = {
    asked: false,
    busy: false,
    tracks: { microphone: null, camera: null, screen: null },
    on: { microphone: true, camera: true },
    problems: { microphone: null, camera: null },
    devices: [],
    speaker: "",
  };

  readonly #source: Source | undefined;
  readonly #permissions: Pick<Permissions, "query"> | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #chosen: Record<Kind, string> = { microphone: "", camera: "" };
  #closed = false;

  /** Browsers have no `source` on pages that are not secure. */
  constructor(
    source: Source | undefined = globalThis.navigator?.mediaDevices,
    permissions: Pick<Permissions, "query"> | undefined = globalThis.navigator?.permissions,
  ) {
    this.#source = source;
    this.#permissions = permissions;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Asks for both devices; what cannot be had is noted, and the rest goes on without it. */
  async open(): Promise<void> {
    this.#closed = false;
    this.#source?.addEventListener("devicechange", this.#onDeviceChange);
    this.#set({ asked: true, busy: true });
    const kinds: Kind[] = ["microphone", "camera"];
    const wanted = kinds.filter((kind) => this.state.on[kind]);
    if (wanted.length > 1) await this.#acquireTogether(wanted);
    else for (const kind of wanted) await this.#acquireOne(kind);
    await this.#list();
    this.#set({ busy: false });
  }

  /** Another device, from now on: at once where it is on, else when it is turned on. */
  async choose(kind: Kind, deviceId: string): Promise<void> {
    const before = this.chosen(kind);
    this.#chosen[kind] = deviceId;
    // A muted microphone is still open, and would be used again.
    if (!this.state.on[kind]) return this.#drop(kind);
    const problem = await this.#acquireOne(kind);
    if (problem === null || this.state.tracks[kind]) return;
    // The one before was let go for it in vain.
    this.#chosen[kind] = before;
    await this.#acquire([kind]);
    this.#setProblem(kind, problem);
  }

  chosen(kind: Kind): string {
    return this.state.tracks[kind]?.getSettings().deviceId ?? this.#chosen[kind];
  }

  chooseSpeaker(deviceId: string): void {
    this.#set({ speaker: deviceId });
  }

  /** The microphone stays open while it is muted; a camera that is off is let go, and its light goes out. */
  async turn(kind: Kind, on: boolean): Promise<void> {
    this.#set({ on: { ...this.state.on, [kind]: on } });
    const track = this.state.tracks[kind];
    if (kind === "microphone" && track) track.enabled = on;
    else if (on) await this.#acquireOne(kind);
    else this.#drop(kind);
  }

  /** Phones' browsers cannot. */
  get canShareScreen(): boolean {
    return typeof this.#source?.getDisplayMedia === "function";
  }

  /** Shows a screen or a window of the user's choice; false when they change their mind. */
  async shareScreen(): Promise<boolean> {
    if (!this.#source || !this.canShareScreen) return false;
    const stream = await this.#source.getDisplayMedia({ video: true, audio: false }).catch(() => null);
    const track = stream?.getVideoTracks()[0];
    if (!track) return false;
    // The call may be over by the time that somebody has chosen.
    if (this.#closed) {
      track.stop();
      return false;
    }
    track.contentHint = "detail";
    this.#put("screen", track);
    track.addEventListener("ended", () => {
      if (this.state.tracks.screen === track) this.#drop("screen");
    });
    return true;
  }

  stopScreen(): void {
    this.#drop("screen");
  }

  /** Lets everything go; `open` may follow. */
  close(): void {
    this.#closed = true;
    this.#source?.removeEventListener("devicechange", this.#onDeviceChange);
    for (const kind of ["microphone", "camera", "screen"] as const) this.#drop(kind);
    this.#set({ asked: false });
  }

  async #acquireOne(kind: Kind): Promise<MediaProblem | null> {
    const problem = await this.#acquire([kind]);
    this.#setProblem(kind, problem);
    return problem;
  }

  /** With one question for all. Where one of them fails, each is asked for alone to see which. */
  async #acquireTogether(kinds: Kind[]): Promise<void> {
    const problem = await this.#acquire(kinds);
    if (problem === null) return;
    const putAway = problem === "refused" ? await dismissed(kinds, this.#permissions) : [];
    for (const kind of kinds) {
      if (putAway.includes(kind)) this.#setProblem(kind, problem);
      else await this.#acquireOne(kind);
    }
  }

  /** Opens devices; what went wrong, or null. */
  async #acquire(kinds: Kind[]): Promise<MediaProblem | null> {
    if (!this.#source?.getUserMedia) return "unsupported";
    let stream: MediaStream;
    try {
      stream = await this.#request(kinds).catch((error: unknown) => {
        const [kind] = kinds;
        if (kinds.length > 1 || !kind || !this.#makeWay(kind, error)) throw error;
        return this.#request(kinds);
      });
    } catch (error) {
      return problemOf(error);
    }
    for (const track of stream.getTracks()) {
      const kind: Kind = track.kind === "audio" ? "microphone" : "camera";
      if (this.#closed || !this.state.on[kind]) track.stop();
      else this.#adopt(kind, track);
    }
    return null;
  }

  async #request(kinds: Kind[]): Promise<MediaStream> {
    const constraint = (kind: Kind) =>
      kinds.includes(kind) ? { ...CONSTRAINTS[kind], ...this.#device(kind) } : false;
    const constraints = { audio: constraint("microphone"), video: constraint("camera") };
    return (this.#source as Source).getUserMedia(constraints);
  }

  /** Whether there is something to put out of the way of a request that failed, so that it may succeed now. */
  #makeWay(kind: Kind, error: unknown): boolean {
    const problem = problemOf(error);
    // Phones open one camera at a time.
    if (problem === "busy" && this.state.tracks[kind]) {
      this.#drop(kind);
      return true;
    }
    // Unplugged since it was chosen: another may be there.
    if (problem === "missing" && this.#chosen[kind]) {
      this.#chosen[kind] = "";
      return true;
    }
    return false;
  }

  #setProblem(kind: Kind, problem: MediaProblem | null): void {
    this.#set({ problems: { ...this.state.problems, [kind]: problem } });
  }

  #adopt(kind: Kind, track: MediaStreamTrack): void {
    track.addEventListener("ended", () => {
      // Unplugged, or taken back by the browser: another device may be there.
      if (this.state.tracks[kind] !== track) return;
      this.#drop(kind);
      this.#chosen[kind] = "";
      void this.#acquireOne(kind);
    });
    this.#put(kind, track);
    this.#setProblem(kind, null);
  }

  #device(kind: Kind): MediaTrackConstraints {
    return this.#chosen[kind] ? { deviceId: { exact: this.#chosen[kind] } } : {};
  }

  #put(kind: Kind | "screen", track: MediaStreamTrack): void {
    const before = this.state.tracks[kind];
    this.#set({ tracks: { ...this.state.tracks, [kind]: track } });
    before?.stop();
  }

  #drop(kind: Kind | "screen"): void {
    const track = this.state.tracks[kind];
    if (!track) return;
    this.#set({ tracks: { ...this.state.tracks, [kind]: null } });
    track.stop();
  }

  readonly #onDeviceChange = () => {
    void this.#list();
    for (const kind of ["microphone", "camera"] as const)
      if (this.state.on[kind] && this.state.problems[kind] === "missing") void this.#acquireOne(kind);
  };

  async #list(): Promise<void> {
    const devices = await this.#source?.enumerateDevices().catch(() => []);
    this.#set({ devices: (devices ?? []).filter((one) => one.deviceId !== "") });
  }

  #set(change: Partial<MediaState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
