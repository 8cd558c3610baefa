import { act, screen, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { booking, consultant, seeker, signedIn } from "@/test/people";
import { page, server } from "@/test/server";
import { show } from "@/test/screen";
import { Component as BookingPage } from "./booking";

it("reads out what happens next, but not anew with every minute until then", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: Date.parse("2026-11-22T08:30:00Z") });
  signedIn(seeker);
  let now = booking({ status: "requested", respond_by: "2026-11-22T09:00:30Z" });
  server({
    "GET /bookings/:id": () => now,
    "GET /bookings/:id/timeline": page(),
    "GET /bookings/:id/messages": page(),
  });
  const { refetch } = show(<BookingPage />, { path: "/booking/:id", at: "/booking/booking-1" });
  expect(await screen.findByText(/Waiting for Cora to answer, until .*\(in 30 minutes\)/)).toBeVisible();
  const readOut = screen.getByRole("status");
  expect(readOut).toHaveTextContent(/^Waiting for Cora to answer, until [^(]*\.$/);
  const before = readOut.textContent;
  act(() => void vi.advanceTimersByTime(5 * 60_000));
  expect(await screen.findByText(/\(in 25 minutes\)/)).toBeVisible();
  expect(readOut.textContent).toBe(before);
  now = { ...now, status: "declined" };
  await refetch();
  await waitFor(() => expect(readOut).toHaveTextContent("Cora can’t make it. Nothing was charged."));
});

it("the keyboard goes on with the booking when there is nothing to answer any more", async () => {
  signedIn(consultant);
  let now = booking({ status: "requested" });
  server({
    "GET /bookings/:id": () => now,
    "GET /bookings/:id/timeline": page(),
    "GET /bookings/:id/messages": page(),
    "POST /bookings/:id/accept": () => (now = booking({ status: "accepted" })),
  });
  const { user } = show(<BookingPage />, { path: "/booking/:id", at: "/booking/booking-1" });
  const accept = await screen.findByRole("button", { name: "Accept" });
  const around = accept.parentElement;
  await user.click(accept);
  await waitFor(() => expect(accept).not.toBeInTheDocument());
  expect(around).toContainElement(screen.getByRole("button", { name: "Cancel booking" }));
  expect(around).toHaveFocus();
});
