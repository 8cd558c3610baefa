import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { Component as Availability } from "@/app/routes/availability";
import { booking, consultant, signedIn, slot } from "@/test/people";
import { page, problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { reasonText } from "./reasons";

const RULES = {
  time_zone: "Europe/Prague",
  weekly: [],
  slot_minutes: 60,
  buffer_minutes: 15,
  minimum_notice_minutes: 120,
  horizon_days: 60,
  daily_limit: 3,
  exceptions: [],
  slots: 0,
  next_slot: null,
  warnings: [],
};

async function opened(explain: object, more: Record<string, object> = {}) {
  signedIn(consultant);
  const api = server({
    "GET /consultants/me/availability": page(),
    "GET /consultants/me/availability/rules": RULES,
    "GET /consultants/me/availability/explain": explain,
    "GET /bookings/me": page(),
    ...more,
  });
  const shown = show(<Availability />);
  await screen.findByRole("group", { name: "Week calendar" });
  return { ...api, ...shown };
}
const because = (...reasons: [code: string, detail: string][]) => ({
  at: "2026-11-30T08:00:00Z",
  offered: false,
  reasons: reasons.map(([code, detail]) => ({ code, detail })),
});

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: Date.parse("2026-11-27T08:00:00Z") });
});

it("a click on an empty place of the calendar says every reason, and leads to a time of one's own", async () => {
  const { user, to } = await opened(because(["outside_hours", "…"], ["minimum_notice", "…"]));
  const column = document.querySelector<HTMLElement>('[data-day="2026-11-28"]');
  if (!column) throw new Error("the calendar has no Saturday");
  column.setPointerCapture = vi.fn();
  // 44 px an hour: 09:20, which belongs to the quarter that begins at 09:15.
  for (const type of ["pointerdown", "pointerup"])
    fireEvent(column, new MouseEvent(type, { bubbles: true, button: 0, clientY: 411 }));
  const dialog = within(await screen.findByRole("dialog", { name: "Why isn’t this time offered?" }));
  expect(await dialog.findByText(/It is outside your weekly hours\./)).toBeVisible();
  expect(dialog.getByText(/sessions must be booked at least 2 h in advance/)).toBeVisible();
  expect(to("GET", "/consultants/me/availability/explain")[0]?.query.get("at")).toBe(
    "2026-11-28T08:15:00.000Z",
  );
  await user.click(dialog.getByRole("button", { name: "Add a time here" }));
  const add = within(await screen.findByRole("dialog", { name: "Add available times" }));
  expect(add.getByLabelText("From")).toHaveValue("09:15");
  expect(add.getByLabelText("Until")).toHaveValue("10:15");
});

it("can be asked by keyboard, for any day and time, and says when it is offered after all", async () => {
  const { user, to } = await opened({ at: "2026-11-28T09:30:00Z", offered: true, reasons: [] });
  await user.click(screen.getByRole("button", { name: "Why isn’t a time offered?" }));
  const dialog = within(await screen.findByRole("dialog"));
  fireEvent.change(dialog.getByLabelText("Time"), { target: { value: "10:30" } });
  expect(await dialog.findByText(/A session can be booked on .*28 Nov.* 10:30/)).toBeVisible();
  expect(to("GET", "/consultants/me/availability/explain").at(-1)?.query.get("at")).toBe(
    "2026-11-28T09:30:00.000Z",
  );
  fireEvent.change(dialog.getByLabelText("Time"), { target: { value: "" } });
  expect(dialog.getByText("Enter a time, for example 09:30.")).toBeVisible();
  expect(dialog.queryByRole("button", { name: "Add a time here" })).not.toBeInTheDocument();
});

it("asks about a typed day only when it is typed to its end", async () => {
  const { user, to } = await opened({ at: "2026-11-28T08:00:00Z", offered: true, reasons: [] });
  await user.click(screen.getByRole("button", { name: "Why isn’t a time offered?" }));
  const dialog = within(await screen.findByRole("dialog"));
  await dialog.findByText(/A session can be booked/);
  const day = dialog.getByLabelText("Day");
  await user.clear(day);
  await user.type(day, "1/12/2026");
  expect(await dialog.findByText(/A session can be booked on .*1 Dec.* 09:00/)).toBeVisible();
  const asked = to("GET", "/consultants/me/availability/explain").map(({ query }) => query.get("at"));
  expect(asked).toEqual(["2026-11-28T08:00:00.000Z", "2026-12-01T08:00:00.000Z"]);
});

it("can be asked again when there is no answer", async () => {
  const { user } = await opened(problem(503, "service_unavailable"));
  await user.click(screen.getByRole("button", { name: "Why isn’t a time offered?" }));
  expect(await screen.findByRole("button", { name: "Try again" })).toBeVisible();
});

it("does not say that there are no weekly hours when it could not load them, and can be asked again", async () => {
  const rules = [problem(503, "service_unavailable"), RULES];
  const { user } = await opened(because(["outside_hours", "…"]), {
    "GET /consultants/me/availability/rules": () => rules.shift() ?? RULES,
  });
  await user.click(screen.getByRole("button", { name: "Why isn’t a time offered?" }));
  const again = await screen.findByRole("button", { name: "Try again" });
  expect(screen.queryByText(/You have no weekly hours/)).not.toBeInTheDocument();
  await user.click(again);
  expect(await screen.findByText(/It is outside your weekly hours\./)).toBeVisible();
});

it("has words for every reason", () => {
  const codes = [
    "past",
    "outside_hours",
    "closed_by_exception",
    "clock_gap",
    "minimum_notice",
    "beyond_horizon",
    "booked",
    "buffer",
    "busy_calendar",
    "daily_limit",
    "not_a_slot_start",
  ] as const;
  for (const code of codes)
    for (const rules of [RULES, null]) {
      const { text } = reasonText(code, "the API's words", rules, "Mon 30 Nov");
      expect(text, code).toMatch(/^[A-Z].*[.]$/);
      expect(text, code).not.toMatch(/the API's words|_|\{/);
    }
  expect(reasonText("new_reason" as never, "The API's words.", null, "Mon").text).toBe("The API's words.");
});

it("a booked time says who has booked it, and leads to the booking", async () => {
  const start = "2026-11-28T09:00:00Z";
  const { user } = await opened(because(), {
    "GET /consultants/me/availability": page(
      slot(start, "2026-11-28T10:00:00Z", { id: "slot-1", is_booked: true }),
    ),
    "GET /bookings/me": page(booking({ slot_id: "slot-1" })),
  });
  const block = await screen.findByRole("button", { name: /28 November.*10:00–11:00.*Booked: Sam Seek/ });
  await user.click(block);
  const dialog = within(await screen.findByRole("dialog", { name: "Booked time" }));
  expect(dialog.getByText(/Sam Seek has booked this time/)).toBeVisible();
  expect(dialog.getByRole("link", { name: "See the booking" })).toHaveAttribute("href", "/booking/booking-1");
  await waitFor(() => expect(dialog.queryByRole("button", { name: "Remove" })).not.toBeInTheDocument());
});
