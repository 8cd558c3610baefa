import { screen, waitFor, within } from "@testing-library/react";
import { Link } from "react-router";
import { describe, expect, it, vi } from "vitest";
import { FakeLocks } from "@/test/locks";
import { booking, seeker, signedIn } from "@/test/people";
import { server } from "@/test/server";
import { show } from "@/test/screen";
import { Call, type CallState } from "./call";
import { CallPanel } from "./call-panel";
import { claimCall } from "./one-tab";

// They need parts of a browser that jsdom does not have.
vi.mock("./video", () => ({ Video: () => null }));
vi.mock("./level-meter", () => ({ LevelMeter: () => null }));

it("keeps the keyboard’s place when the button that was pressed disappears", async () => {
  signedIn(seeker);
  server({});
  const { user } = show(<CallPanel booking={booking({ status: "confirmed" })} side="seeker" />);
  const start = screen.getByRole("button", { name: "Set up camera and microphone" });
  await user.tab();
  expect(start).toHaveFocus();
  await user.keyboard("{Enter}");
  await screen.findByRole("button", { name: "Join the call" });
  expect(start).not.toBeInTheDocument();
  await waitFor(() => expect(screen.getByRole("region", { name: "Call" })).toHaveFocus());
  await user.tab();
  expect(screen.getByRole("button", { name: "Mute microphone" })).toHaveFocus();
});

describe("a call that was moved to another tab", () => {
  /** A camera and a microphone, and the tracks that were opened. */
  function devices() {
    const opened: { kind: string; stop: () => void }[] = [];
    const getUserMedia = vi.fn(() => {
      const tracks = ["audio", "video"].map((kind) =>
        Object.assign(new EventTarget(), { kind, stop: vi.fn(), getSettings: () => ({}) }),
      );
      opened.push(...tracks);
      return Promise.resolve({ getTracks: () => tracks });
    });
    const source = { getUserMedia, enumerateDevices: () => Promise.resolve([]) };
    vi.stubGlobal("navigator", {
      locks: new FakeLocks(),
      mediaDevices: Object.assign(new EventTarget(), source),
    });
    return { opened, getUserMedia };
  }

  it("leaves camera and microphone to that one, and takes them up again with the call", async () => {
    const { opened, getUserMedia } = devices();
    signedIn(seeker);
    server({
      "GET /bookings/:id/call": { ice_servers: [], ice_transport_policy: "all" },
      "POST /bookings/:id/signals": null,
    });
    const { user } = show(<CallPanel booking={booking({ status: "confirmed" })} side="seeker" />);
    await user.click(screen.getByRole("button", { name: "Set up camera and microphone" }));
    await user.click(await screen.findByRole("button", { name: "Join the call" }));
    await screen.findByText("Waiting for Cora to join the call…");
    const other = await claimCall("booking-1", true);
    await screen.findByText("This call is open somewhere else");
    for (const track of opened) expect(track.stop).toHaveBeenCalled();
    await user.click(screen.getByRole("button", { name: "Move the call here" }));
    await screen.findByText("Waiting for Cora to join the call…");
    expect(getUserMedia).toHaveBeenCalledTimes(2);
    other?.release();
  });
});

describe("who leaves the page", () => {
  /** The page of a call that the user has joined, with a link that leads away. */
  async function joined(status: CallState["status"]) {
    vi.spyOn(Call.prototype, "join").mockImplementation(function (this: Call) {
      this.state = { ...this.state, status };
      return Promise.resolve();
    });
    const leave = vi.spyOn(Call.prototype, "leave");
    vi.stubGlobal("navigator", { locks: new FakeLocks() });
    signedIn(seeker);
    server({ "POST /bookings/:id/signals": null });
    const shown = show(
      <>
        <Link to="/dashboard">Bookings</Link>
        <CallPanel booking={booking({ status: "confirmed" })} side="seeker" />
      </>,
    );
    await shown.user.click(screen.getByRole("button", { name: "Set up camera and microphone" }));
    await shown.user.click(await screen.findByRole("button", { name: "Join the call" }));
    await screen.findByRole("group", { name: "Call" });
    leave.mockClear();
    return { ...shown, leave };
  }
  const away = () => screen.getByRole("link", { name: "Bookings" });

  it("is asked before a talk is hung up", async () => {
    const { user, leave } = await joined("connected");
    const question = async () => within(await screen.findByRole("dialog", { name: "Leave the call?" }));
    await user.click(away());
    const stay = (await question()).getByRole("button", { name: "Stay in the call" });
    await user.click(stay);
    await waitFor(() => expect(stay).not.toBeInTheDocument());
    expect(leave).not.toHaveBeenCalled();
    await user.click(away());
    await user.click((await question()).getByRole("button", { name: "Leave the call" }));
    expect(await screen.findByText("Elsewhere")).toBeVisible();
    expect(leave).toHaveBeenCalled();
  });

  it("is asked by the browser before the tab is closed", async () => {
    await joined("reconnecting");
    expect(window.dispatchEvent(new Event("beforeunload", { cancelable: true }))).toBe(false);
  });

  it("is not asked while nobody else is there", async () => {
    const { user } = await joined("waiting");
    expect(window.dispatchEvent(new Event("beforeunload", { cancelable: true }))).toBe(true);
    await user.click(away());
    expect(await screen.findByText("Elsewhere")).toBeVisible();
  });
});
