import { act, screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Booking } from "@/features/booking/api";
import { booking, consultant, seeker, signedIn } from "@/test/people";
import { CONFIG, page, problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { Component as Session } from "./session";

const START = "2026-11-23T10:02:00Z";
const running: Partial<Booking> = { status: "in_progress", session_start_time: START };
const over: Partial<Booking> = {
  ...running,
  status: "completed",
  session_end_time: "2026-11-23T11:15:00Z",
  duration_seconds: 4380,
};
const ended = (actor: string) =>
  page({ at: "2026-11-23T11:15:00Z", actor, event: "session.ended", detail: {} });

function shown(now: string, as = seeker, one = booking(running), more: Parameters<typeof server>[0] = {}) {
  vi.setSystemTime(Date.parse(now));
  signedIn(as);
  const api = server({
    "GET /config": { ...CONFIG, free_period_seconds: 600 },
    "GET /bookings/booking-1": one,
    "GET /bookings/booking-1/timeline": page(),
    ...more,
  });
  return { ...api, ...show(<Session />, { path: "/session/:id", at: "/session/booking-1" }) };
}

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: Date.parse(START) });
});

describe("a running session", () => {
  it("counts down from its actual start, whenever one looks, the same on both sides", async () => {
    for (const as of [seeker, consultant]) {
      shown("2026-11-23T10:06:00Z", as);
      expect((await screen.findAllByRole("timer")).at(-1)).toHaveTextContent("06:00free time left");
    }
  });

  it("turns to “will be charged” when the free period is over", async () => {
    shown("2026-11-23T10:11:58Z");
    expect(await screen.findByText(/Ending before the free time is over costs nothing/)).toBeVisible();
    expect(screen.getByText(/After that €120.00 will be charged/)).toBeVisible();
    act(() => void vi.advanceTimersByTime(4000));
    expect(await screen.findByText(/€120.00 will be charged to your card/)).toBeVisible();
    expect(screen.getByRole("timer")).toHaveTextContent("running time");
    expect(screen.getByRole("status")).toHaveTextContent("This session will be charged");
  });

  it("tells the consultant who pays", async () => {
    shown("2026-11-23T10:30:00Z", consultant);
    expect(await screen.findByText(/€120.00 will be charged to Sam when the session ends/)).toBeVisible();
  });

  it("asks before it ends, says what that means, and ends once", async () => {
    const { user, to } = shown("2026-11-23T10:05:00Z", seeker, booking(running), {
      "POST /bookings/booking-1/end": booking(over),
    });
    await user.click(await screen.findByRole("button", { name: "End session" }));
    expect(await screen.findByRole("dialog")).toHaveTextContent("nothing will be charged");
    expect(screen.getByRole("button", { name: "Keep talking" })).toHaveFocus();
    expect(to("POST", "/bookings/booking-1/end")).toHaveLength(0);
    await user.dblClick(screen.getByRole("button", { name: "End now" }));
    await waitFor(() => expect(to("POST", "/bookings/booking-1/end")).toHaveLength(1));
  });
});

describe("a session that is over", () => {
  it("that nobody ended says that it was ended automatically", async () => {
    for (const as of [seeker, consultant]) {
      shown("2026-11-23T11:20:00Z", as, booking(over), {
        "GET /bookings/booking-1/timeline": ended("system"),
      });
      const notes = await screen.findAllByText(
        /Nobody pressed “End”, so the session was ended automatically/,
      );
      expect(notes.at(-1)).toBeVisible();
    }
  });

  it("that somebody ended says no such thing", async () => {
    const { to } = shown("2026-11-23T11:20:00Z", seeker, booking(over), {
      "GET /bookings/booking-1/timeline": ended("consultant"),
    });
    expect(await screen.findByText("The session is over")).toBeVisible();
    await waitFor(() => expect(to("GET", "/bookings/booking-1/timeline")).toHaveLength(1));
    expect(screen.queryByText(/automatically/)).not.toBeInTheDocument();
  });

  it("asks the seeker for a rating, not the consultant", async () => {
    shown("2026-11-23T11:20:00Z", seeker, booking(over));
    expect(await screen.findByRole("group", { name: "How was it?" })).toBeVisible();
  });
});

describe("a session to come", () => {
  it("opens 15 minutes before its time", async () => {
    shown("2026-11-23T09:44:58Z", seeker, booking());
    const start = await screen.findByRole("button", { name: "Start session" });
    expect(start).toBeDisabled();
    act(() => void vi.advanceTimersByTime(4000));
    await waitFor(() => expect(start).toBeEnabled());
  });

  it("that has moved on in the meantime says so when it is started", async () => {
    const { user } = shown("2026-11-23T09:50:00Z", seeker, booking(), {
      "POST /bookings/booking-1/start": problem(409, "invalid_transition"),
    });
    await user.click(await screen.findByRole("button", { name: "Start session" }));
    expect(await screen.findByText(/has moved on in the meantime/)).toBeInTheDocument();
  });

  it("that isn't there can be asked for again", async () => {
    shown("2026-11-23T09:50:00Z", seeker, booking(), {
      "GET /bookings/booking-1": problem(503, "service_unavailable"),
    });
    expect(await screen.findByRole("alert")).toHaveTextContent("away for a moment");
    expect(screen.getByRole("button", { name: "Try again" })).toBeVisible();
  });
});
