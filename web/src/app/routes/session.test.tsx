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
/** Both are there since the start. */
const together = () => {
  const seconds = Math.floor((Date.now() - Date.parse(START)) / 1000);
  const one = { present: true, seconds };
  return { seeker: one, consultant: one, joint_seconds: Math.max(0, seconds), since: START };
};
const nobody = { present: false, seconds: 0 };
const ended = (actor: string) =>
  page({ at: "2026-11-23T11:15:00Z", actor, event: "session.ended", detail: {} });

function shown(now: string, as = seeker, one = booking(running), more: Parameters<typeof server>[0] = {}) {
  vi.setSystemTime(Date.parse(now));
  signedIn(as);
  const api = server({
    "GET /config": { ...CONFIG, free_period_seconds: 600 },
    "GET /bookings/booking-1": one,
    "GET /bookings/booking-1/timeline": page(),
    "GET /bookings/booking-1/messages": page(),
    "GET /bookings/booking-1/presence": together,
    "POST /bookings/booking-1/presence": together,
    "POST /bookings/booking-1/signals": null,
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
    expect(
      await screen.findByText(/If the session ends within the free period, you pay nothing/),
    ).toBeVisible();
    expect(screen.getByText(/After that, €120.00 is charged/)).toBeVisible();
    act(() => void vi.advanceTimersByTime(4000));
    expect(await screen.findByText(/€120.00 will be charged to your card/)).toBeVisible();
    expect(screen.getByRole("timer")).toHaveTextContent("running time");
    expect(screen.getByRole("status")).toHaveTextContent("This session will be charged");
  });

  it("says how much of the booked time is left, and when it ends automatically", async () => {
    shown("2026-11-23T10:25:00Z");
    expect(await screen.findByText(/^35 min left of the booked time\./)).toHaveTextContent(
      "If nobody ends the session, it ends automatically at 12:15.",
    );
    act(() => void vi.advanceTimersByTime(36 * 60_000));
    expect(await screen.findByText(/^The booked time is over\./)).toHaveTextContent("at 12:15");
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

  it("that the other has ended in the same moment is over, without a complaint; a lost answer is looked up", async () => {
    for (const answer of [() => problem(409, "invalid_transition"), () => problem(503, "upstream_timeout")]) {
      let one = booking(running);
      const { user, unmount } = shown("2026-11-23T10:05:00Z", seeker, one, {
        "GET /bookings/booking-1": () => one,
        "POST /bookings/booking-1/end": () => {
          one = booking(over);
          return answer();
        },
      });
      await user.click(await screen.findByRole("button", { name: "End session" }));
      await user.click(await screen.findByRole("button", { name: "End now" }));
      expect(await screen.findByText("The session is over")).toBeVisible();
      expect(screen.queryByText(/in the meantime|too long to answer/)).not.toBeInTheDocument();
      unmount();
    }
  });
});

describe("who is there", () => {
  it("is said to the server from the opening of the session on, every ten seconds, and taken back", async () => {
    const { to } = shown("2026-11-23T09:44:55Z", seeker, booking());
    await screen.findByRole("button", { name: "Start session" });
    expect(to("POST", "/bookings/booking-1/presence")).toHaveLength(0);
    act(() => void vi.advanceTimersByTime(6000));
    await waitFor(() => expect(to("POST", "/bookings/booking-1/presence")).toHaveLength(1));
    expect(to("POST", "/bookings/booking-1/presence")[0]?.body).toEqual({ state: "here" });
    await waitFor(() => expect(to("POST", "/bookings/booking-1/signals")).toHaveLength(1));
    act(() => void vi.advanceTimersByTime(10_000));
    await waitFor(() => expect(to("POST", "/bookings/booking-1/presence")).toHaveLength(2));
    window.dispatchEvent(new Event("pagehide"));
    await waitFor(() =>
      expect(to("POST", "/bookings/booking-1/presence").at(-1)?.body).toEqual({ state: "gone" }),
    );
  });

  it("decides what is free: the clock stands while one waits for the other", async () => {
    const alone = {
      seeker: { present: true, seconds: 60 },
      consultant: nobody,
      joint_seconds: 0,
      since: null,
    };
    shown("2026-11-23T10:05:00Z", seeker, booking(running), {
      "GET /bookings/booking-1/presence": alone,
      "POST /bookings/booking-1/presence": alone,
    });
    expect(await screen.findByText(/Waiting for Cora/)).toBeVisible();
    expect(screen.getByText(/by 11:15, the session is cancelled and you pay nothing/)).toBeVisible();
    act(() => void vi.advanceTimersByTime(5000));
    expect(screen.getByRole("timer")).toHaveTextContent("10:00free time left");
  });

  it("is left to the pages that come later when the booking has moved on", async () => {
    const { to } = shown("2026-11-23T10:05:00Z", seeker, booking(running), {
      "POST /bookings/booking-1/presence": problem(409, "invalid_transition"),
    });
    await waitFor(() => expect(to("GET", "/bookings/booking-1").length).toBeGreaterThan(1));
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });
});

describe("a session that is over", () => {
  it("says how long each was there, and why it is charged", async () => {
    const times = {
      seeker: { present: false, seconds: 4300 },
      consultant: { present: false, seconds: 4000 },
    };
    shown(
      "2026-11-23T11:20:00Z",
      seeker,
      booking({ ...over, joint_seconds: 3900, payment_status: "captured", charged: 12_000 }),
      {
        "GET /bookings/booking-1/presence": { ...times, joint_seconds: 3900, since: null },
      },
    );
    expect(await screen.findByText("You were there")).toBeVisible();
    expect(screen.getByText("1:11:40")).toBeVisible();
    expect(screen.getByText("Cora was there").nextSibling).toHaveTextContent("1:06:40");
    expect(screen.getByText("Both of you, during the session").nextSibling).toHaveTextContent("1:05:00");
    expect(screen.getByText("€120.00 was charged.")).toBeVisible();
    expect(screen.getByText(/It is free up to 10 minutes/)).toBeVisible();
  });

  it("that nobody ended says that it was ended automatically", async () => {
    for (const as of [seeker, consultant]) {
      shown("2026-11-23T11:20:00Z", as, booking(over), {
        "GET /bookings/booking-1/timeline": ended("system"),
      });
      const notes = await screen.findAllByText(/Nobody ended the session, so it ended automatically/);
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
  it("that the other has started in the same moment is running, without a complaint", async () => {
    let one = booking();
    const { user } = shown("2026-11-23T10:00:00Z", seeker, booking(), {
      "GET /bookings/booking-1": () => one,
      "POST /bookings/booking-1/start": () => {
        one = booking(running);
        return problem(409, "invalid_transition");
      },
    });
    await user.click(await screen.findByRole("button", { name: "Start session" }));
    expect(await screen.findByRole("button", { name: "End session" })).toBeVisible();
    expect(screen.queryByText(/has changed in the meantime/)).not.toBeInTheDocument();
  });

  it("opens 15 minutes before its time", async () => {
    shown("2026-11-23T09:44:58Z", seeker, booking());
    const start = await screen.findByRole("button", { name: "Start session" });
    expect(start).toBeDisabled();
    act(() => void vi.advanceTimersByTime(4000));
    await waitFor(() => expect(start).toBeEnabled());
  });

  it("that has changed in the meantime says so when it is started", async () => {
    const { user } = shown("2026-11-23T09:50:00Z", seeker, booking(), {
      "POST /bookings/booking-1/start": problem(409, "invalid_transition"),
    });
    await user.click(await screen.findByRole("button", { name: "Start session" }));
    expect(await screen.findByText(/has changed in the meantime/)).toBeInTheDocument();
  });

  it("that isn't there can be asked for again", async () => {
    shown("2026-11-23T09:50:00Z", seeker, booking(), {
      "GET /bookings/booking-1": problem(503, "service_unavailable"),
    });
    expect(await screen.findByRole("alert")).toHaveTextContent("temporarily unavailable");
    expect(screen.getByRole("button", { name: "Try again" })).toBeVisible();
  });

  it("of a booking that does not exist is not asked for again", async () => {
    shown("2026-11-23T09:50:00Z", seeker, booking(), {
      "GET /bookings/booking-1": problem(404, "not_found"),
    });
    expect(await screen.findByText(/This booking doesn’t exist/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Try again" })).not.toBeInTheDocument();
  });
});
