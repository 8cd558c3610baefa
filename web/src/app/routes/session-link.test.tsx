import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import type { Booking } from "@/features/booking/api";
import { booking, seeker, signedIn } from "@/test/people";
import { page, server } from "@/test/server";
import { show } from "@/test/screen";
import { Component as Session } from "./session";

const nobody = { seeker: { present: false, seconds: 0 }, consultant: { present: false, seconds: 0 } };

function shown(one: Booking) {
  signedIn(seeker);
  server({
    "GET /bookings/:id": one,
    "GET /bookings/:id/timeline": page(),
    "GET /bookings/:id/messages": page(),
    "GET /bookings/:id/presence": { ...nobody, joint_seconds: 0, since: null },
    "POST /bookings/:id/presence": { ...nobody, joint_seconds: 0, since: null },
  });
  show(<Session />, { path: "/session/:id", at: "/session/booking-1" });
}

it("the booking opens beside a session that is running: who leaves the page is not there any more", async () => {
  shown(booking({ status: "in_progress", session_start_time: new Date().toISOString() }));
  const link = await screen.findByRole("link", { name: "See the booking (opens in a new tab)" });
  expect(link).toHaveAttribute("target", "_blank");
});

it("the booking opens in place of a session that is over", async () => {
  shown(booking({ status: "cancelled" }));
  expect(await screen.findByRole("link", { name: "See the booking" })).not.toHaveAttribute("target");
});
