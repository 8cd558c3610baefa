import { describe, expect, it, vi } from "vitest";
import { LocalMedia } from "./media";

class FakeTrack extends EventTarget {
  enabled = true;
  contentHint = "";
  readonly stop = vi.fn();

  constructor(
    readonly kind: string,
    readonly deviceId = "default",
  ) {
    super();
  }

  getSettings() {
    return { deviceId: this.deviceId };
  }
}

/** Devices of a machine; `answers` decides what becomes of each request. */
function machine(
  answers: (kinds: string[], constraints: MediaStreamConstraints) => Error | null = () => null,
  permissions?: Record<string, string>,
) {
  const tracks: FakeTrack[] = [];
  const getUserMedia = vi.fn((constraints: MediaStreamConstraints) => {
    const kinds = ["audio", "video"].filter((kind) => constraints[kind as "audio" | "video"]);
    const error = answers(kinds, constraints);
    if (error) return Promise.reject(error);
    const made = kinds.map((kind) => new FakeTrack(kind));
    tracks.push(...made);
    return Promise.resolve({ getTracks: () => made });
  });
  const screen = new FakeTrack("video");
  const source = Object.assign(new EventTarget(), {
    getUserMedia,
    getDisplayMedia: () => Promise.resolve({ getVideoTracks: () => [screen] }),
    enumerateDevices: () => Promise.resolve([{ deviceId: "1", kind: "videoinput", label: "One" }]),
  });
  const query = ({ name }: { name: string }) =>
    permissions ? Promise.resolve({ state: permissions[name] }) : Promise.reject(new TypeError(name));
  const media = new LocalMedia(source as unknown as MediaDevices, { query } as unknown as Permissions);
  return { media, tracks, getUserMedia, screen, source };
}

const refusal = (name: string) => new DOMException("", name);

describe("camera and microphone", () => {
  it("are asked for with one question", async () => {
    const { media, getUserMedia } = machine();
    await media.open();
    expect(getUserMedia).toHaveBeenCalledTimes(1);
    expect(media.state).toMatchObject({ busy: false, problems: { microphone: null, camera: null } });
    expect(media.state.tracks.camera).not.toBeNull();
    expect(media.state.devices).toHaveLength(1);
  });

  it("go their own ways when one of them is missing", async () => {
    const { media } = machine((kinds) => (kinds.includes("video") ? refusal("NotFoundError") : null));
    await media.open();
    expect(media.state.problems).toEqual({ microphone: null, camera: "missing" });
    expect(media.state.tracks.microphone).not.toBeNull();
  });

  it.each([
    ["NotAllowedError", "refused"],
    ["NotFoundError", "missing"],
    ["NotReadableError", "busy"],
    ["TypeError", "unsupported"],
    ["UnknownError", "failed"],
  ])("%s is %s", async (name, problem) => {
    const { media } = machine(() => Object.assign(new Error(name), { name }));
    await media.open();
    expect(media.state.problems).toEqual({ microphone: problem, camera: problem });
    expect(media.state.busy).toBe(false);
  });

  it("are unsupported where the browser has none to give", async () => {
    const media = new LocalMedia(undefined);
    await media.open();
    expect(media.state.problems.camera).toBe("unsupported");
    expect(await media.shareScreen()).toBe(false);
  });

  it("that are off are let go, or muted", async () => {
    const { media, tracks } = machine();
    await media.open();
    const [microphone, camera] = tracks;
    await media.turn("camera", false);
    expect(camera?.stop).toHaveBeenCalled();
    expect(media.state.tracks.camera).toBeNull();
    await media.turn("microphone", false);
    expect(microphone?.enabled).toBe(false);
    expect(microphone?.stop).not.toHaveBeenCalled();
    await media.turn("camera", true);
    expect(media.state.tracks.camera).not.toBeNull();
  });

  it("that are unplugged are replaced by what is there", async () => {
    const { media, tracks, getUserMedia } = machine();
    await media.open();
    tracks[1]?.dispatchEvent(new Event("ended"));
    await vi.waitFor(() => expect(media.state.tracks.camera).toBe(tracks[2]));
    expect(getUserMedia).toHaveBeenCalledTimes(2);
  });

  it("that are plugged in later are used", async () => {
    let missing = true;
    const { media, source } = machine((kinds) =>
      missing && kinds.includes("video") ? refusal("NotFoundError") : null,
    );
    await media.open();
    missing = false;
    source.dispatchEvent(new Event("devicechange"));
    await vi.waitFor(() => expect(media.state.tracks.camera).not.toBeNull());
    expect(media.state.problems.camera).toBeNull();
  });

  it("are changed for others without a gap, and the old one is let go", async () => {
    const { media, tracks, getUserMedia } = machine();
    await media.open();
    await media.choose("camera", "usb");
    expect(getUserMedia.mock.lastCall?.[0].video).toMatchObject({ deviceId: { exact: "usb" } });
    expect(tracks[1]?.stop).toHaveBeenCalled();
    expect(media.state.tracks.camera).toBe(tracks[2]);
  });

  describe("that can be opened one at a time, as on phones,", () => {
    const held = (tracks: FakeTrack[]) =>
      tracks.some((one) => one.kind === "video" && one.stop.mock.calls.length === 0);
    const camera = ({ video }: MediaStreamConstraints) =>
      ((video as MediaTrackConstraints).deviceId as { exact?: string } | undefined)?.exact ?? "";

    it("are changed for others all the same", async () => {
      const { media, tracks } = machine(() => (held(tracks) ? refusal("NotReadableError") : null));
      await media.open();
      await media.choose("camera", "back");
      expect(media.state.tracks.camera).toBe(tracks[2]);
      expect(media.state.problems.camera).toBeNull();
      expect(held(tracks.slice(0, 2))).toBe(false);
    });

    it("stay as they were when another app has the other", async () => {
      const { media, tracks, getUserMedia } = machine((_, constraints) =>
        held(tracks) || camera(constraints) === "back" ? refusal("NotReadableError") : null,
      );
      await media.open();
      await media.choose("camera", "back");
      expect(camera(getUserMedia.mock.lastCall?.[0] ?? {})).toBe("default");
      expect(media.state.tracks.camera).toBe(tracks[2]);
      expect(media.state.problems.camera).toBe("busy");
    });
  });

  it.each(["OverconstrainedError", "NotFoundError"])(
    "that were unplugged while they were off are replaced by what is there (%s)",
    async (name) => {
      const { media, tracks } = machine((_, { video }) =>
        video && (video as MediaTrackConstraints).deviceId ? refusal(name) : null,
      );
      await media.open();
      await media.turn("camera", false);
      await media.choose("camera", "usb");
      await media.turn("camera", true);
      expect(media.state.tracks.camera).toBe(tracks[2]);
      expect(media.state.problems.camera).toBeNull();
    },
  );

  it.each([
    ["once when the question is put away", { microphone: "prompt", camera: "prompt" }, 1],
    ["alone when the other is denied for good", { microphone: "prompt", camera: "denied" }, 3],
    ["again where the browser does not tell", undefined, 3],
  ])("are asked for %s", async (_, permissions, times) => {
    const { media, getUserMedia } = machine(() => refusal("NotAllowedError"), permissions);
    await media.open();
    expect(getUserMedia).toHaveBeenCalledTimes(times);
    expect(media.state.problems).toEqual({ microphone: "refused", camera: "refused" });
  });

  it("that are chosen while muted are used once they are on", async () => {
    const { media, tracks, getUserMedia } = machine();
    await media.open();
    await media.turn("microphone", false);
    await media.choose("microphone", "usb");
    expect(media.chosen("microphone")).toBe("usb");
    expect(tracks[0]?.stop).toHaveBeenCalled();
    expect(getUserMedia).toHaveBeenCalledTimes(1);
    await media.turn("microphone", true);
    expect(getUserMedia.mock.lastCall?.[0].audio).toMatchObject({ deviceId: { exact: "usb" } });
    expect(media.state.tracks.microphone).toBe(tracks[2]);
  });

  it("that are plugged in after the page was left are let alone", async () => {
    const { media, source, getUserMedia } = machine((kinds) =>
      kinds.includes("video") ? refusal("NotFoundError") : null,
    );
    await media.open();
    media.close();
    getUserMedia.mockClear();
    source.dispatchEvent(new Event("devicechange"));
    expect(getUserMedia).not.toHaveBeenCalled();
  });

  it("that come after the page was left are let go at once", async () => {
    const { media, tracks } = machine();
    const opening = media.open();
    media.close();
    await opening;
    expect(tracks.every((one) => one.stop.mock.calls.length > 0)).toBe(true);
    expect(media.state.tracks).toEqual({ microphone: null, camera: null, screen: null });
  });
});

it("a screen that the browser stops sharing is no longer sent", async () => {
  const { media, screen } = machine();
  expect(await media.shareScreen()).toBe(true);
  expect(media.state.tracks.screen).toBe(screen);
  screen.dispatchEvent(new Event("ended"));
  expect(media.state.tracks.screen).toBeNull();
});

it("a screen that is chosen after the call is over is let go", async () => {
  const { media, screen } = machine();
  const shared = media.shareScreen();
  media.close();
  expect(await shared).toBe(false);
  expect(screen.stop).toHaveBeenCalled();
  expect(media.state.tracks.screen).toBeNull();
});
