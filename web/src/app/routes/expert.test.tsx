import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import type { Booking } from "@/features/booking/api";
import { booking, expert, seeker, signedIn, slot } from "@/test/people";
import { page, problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { Component as Expert } from "./expert";

const HOUR = 3_600_000;
const start = new Date(Math.ceil(Date.now() / HOUR) * HOUR + 24 * HOUR);
const time = slot(start.toISOString(), new Date(start.getTime() + HOUR).toISOString());

/** The page with this time picked; `taken()` takes it from the list of free ones. */
function picked(answer: () => Promise<Response> | Response | object, own: Booking[] = []) {
  let free = true;
  const api = server({
    "GET /consultants/:id/profile": { ...expert, next_available_at: time.start_time },
    "GET /consultants/:id/availability": () => (free ? page(time) : page()),
    "GET /consultants/:id/ratings": page(),
    "GET /consultants/:id/waitlist": problem(404, "not_found"),
    "GET /payments/payment-method": { id: "pm", brand: "visa", last4: "4242", exp_month: 12, exp_year: 2034 },
    "POST /bookings": answer,
    "GET /bookings/me": () => page(...own),
  });
  signedIn(seeker);
  const at = `/experts/${expert.consultant_id}?slot=${encodeURIComponent(time.id)}&day=${start.toISOString().slice(0, 10)}`;
  const shown = show(<Expert />, {
    path: "/experts/:id",
    at,
    routes: [{ path: "/booking/:id", element: <p>The booking</p> }],
  });
  const taken = async () => {
    free = false;
    await shown.queries.invalidateQueries({ queryKey: ["slots"] });
  };
  return { ...api, ...shown, taken };
}

it("a request that is under way keeps its dialog though it has taken the time from the list", async () => {
  let answer = (_: Response) => {};
  const { user, taken, router } = picked(() => new Promise<Response>((done) => (answer = done)));
  await user.click(await screen.findByRole("button", { name: "Request booking" }));
  await taken();
  expect(screen.queryByText(/Someone has just booked it/)).not.toBeInTheDocument();
  answer(Response.json(booking()));
  await waitFor(() => expect(router.state.location.pathname).toBe("/booking/booking-1"));
});

it("a time that a visitor has chosen is found again in an account of another zone", async () => {
  // The last evening of November in UTC, and the first of December in Prague.
  vi.useFakeTimers({ shouldAdvanceTime: true, now: Date.parse("2026-11-20T08:00:00Z") });
  const late = slot("2026-11-30T23:30:00Z", "2026-12-01T00:30:00Z");
  const { asked } = server({
    "GET /consultants/:id/profile": { ...expert, next_available_at: late.start_time },
    "GET /consultants/:id/availability": ({ query }) =>
      Date.parse(query.get("from") ?? "") <= Date.parse(late.start_time) &&
      Date.parse(late.start_time) < Date.parse(query.get("to") ?? "")
        ? page(late)
        : page(),
    "GET /consultants/:id/ratings": page(),
    "GET /consultants/me/favourites": page(),
    "GET /consultants/:id/waitlist": problem(404, "not_found"),
    "GET /payments/payment-method": { id: "pm", brand: "visa", last4: "4242", exp_month: 12, exp_year: 2034 },
  });
  const { user } = show(<Expert />, { path: "/experts/:id", at: `/experts/${expert.consultant_id}` });
  await user.click(await screen.findByRole("button", { name: /^23:30/ }));
  expect(await screen.findByRole("link", { name: "Log in" })).toBeVisible();
  const before = asked.length;
  act(() => void signedIn(seeker));
  expect(await screen.findByRole("button", { name: "Request booking" })).toBeVisible();
  await waitFor(() => expect(asked.length).toBeGreaterThan(before));
  expect(screen.queryByText(/Someone has just booked it/)).not.toBeInTheDocument();
});

it("going back from the booking leads past the dialog", async () => {
  const { user, router } = picked(() => booking());
  await user.click(await screen.findByRole("button", { name: "Request booking" }));
  expect(await screen.findByText("The booking")).toBeVisible();
  expect(router.state.historyAction).toBe("REPLACE");
});

it("a time that is in the address still, and is one's own booking by now, leads to it", async () => {
  const { user, taken, router } = picked(
    () => booking(),
    [booking({ slot_id: "another" }), booking({ id: "booking-2", slot_id: time.id })],
  );
  await taken();
  const dialog = within(await screen.findByRole("dialog", { name: "You’ve booked this time" }));
  expect(screen.queryByText(/Someone has just booked it/)).not.toBeInTheDocument();
  await user.click(dialog.getByRole("link", { name: "See the booking" }));
  expect(router.state.location.pathname).toBe("/booking/booking-2");
  expect(router.state.historyAction).toBe("REPLACE");
});

it("a time that somebody else took meanwhile is said, and is no longer offered", async () => {
  const { user, taken } = picked(() => problem(409, "slot_unavailable"));
  await user.click(await screen.findByRole("button", { name: "Request booking" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("has just been taken");
  await taken();
  expect(await screen.findByText(/Someone has just booked it/)).toBeVisible();
});

it("a day in the address that no calendar has is passed over", async () => {
  server({
    "GET /consultants/:id/profile": { ...expert, next_available_at: time.start_time },
    "GET /consultants/:id/availability": page(time),
    "GET /consultants/:id/ratings": page(),
  });
  show(<Expert />, { path: "/experts/:id", at: `/experts/${expert.consultant_id}?day=2026-13-45` });
  expect(await screen.findByRole("heading", { level: 1 })).toBeVisible();
});

it.each(["2026-11-19", "9999-12-31"])(
  "a day on which no time can be open is passed over: %s",
  async (day) => {
    vi.useFakeTimers({ shouldAdvanceTime: true, now: Date.parse("2026-11-20T08:00:00Z") });
    server({
      "GET /consultants/:id/profile": { ...expert, next_available_at: null },
      "GET /consultants/:id/availability": page(),
      "GET /consultants/:id/ratings": page(),
    });
    show(<Expert />, { path: "/experts/:id", at: `/experts/${expert.consultant_id}?day=${day}` });
    expect(await screen.findByText("No available times in November 2026.")).toBeVisible();
  },
);
