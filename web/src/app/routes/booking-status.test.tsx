import { act, screen, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { booking, seeker, signedIn } from "@/test/people";
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
