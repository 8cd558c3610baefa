import { screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { booking } from "@/test/people";
import { show } from "@/test/screen";
import type { Call, CallState } from "./call";
import { CallRoom } from "./call-room";
import { LocalMedia, type MediaState } from "./media";

const CONNECTED: CallState = {
  status: "connected",
  remote: { video: null, audio: null },
  remoteSending: { microphone: true, camera: true, screen: false },
  otherLeft: false,
};

function shown(state: Partial<CallState>, local: Partial<MediaState> = {}) {
  const media = new LocalMedia(undefined);
  return {
    media,
    ...show(
      <CallRoom
        other={booking({}).consultant}
        call={{ getStats: () => undefined } as unknown as Call}
        state={{ ...CONNECTED, ...state }}
        media={media}
        local={{ ...media.state, ...local }}
        onLeave={vi.fn()}
      />,
    ),
  };
}

/** What assistive technology reads out. */
const announced = () => screen.getAllByRole("status").map((one) => one.textContent);

describe("the call", () => {
  it("announces that it is connected, though the picture shows it", () => {
    shown({});
    expect(announced()).toEqual(["Connected to Cora.", ""]);
  });

  it.each([
    [{ status: "connecting" }, "Connecting to Cora…"],
    [{ status: "reconnecting" }, "The connection was lost. Trying to get it back…"],
    [{ status: "waiting", otherLeft: false }, "Waiting for Cora to join the call…"],
  ] as [Partial<CallState>, string][])("says in words that it is %j", (state, words) => {
    shown(state);
    expect(announced()[0]).toContain(words);
    expect(screen.getByText(words)).toBeVisible();
  });

  it("announces that the other party is muted", () => {
    shown({ remoteSending: { microphone: false, camera: true, screen: false } });
    expect(announced()[1]).toContain("Cora is muted");
  });

  it("shows what is wrong with a device without opening the list of devices", async () => {
    const { media, user } = shown({}, { problems: { camera: "busy", microphone: null } });
    const open = vi.spyOn(media, "open").mockResolvedValue();
    expect(screen.getByText("Another app is using your camera.")).toBeVisible();
    expect(screen.queryByText(/You can join without it/)).not.toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(open).toHaveBeenCalledOnce();
  });

  it("names every control", () => {
    shown({});
    for (const control of screen.getAllByRole("button")) expect(control).toHaveAccessibleName();
  });
});
