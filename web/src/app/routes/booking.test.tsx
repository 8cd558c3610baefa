import { act, screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { keys } from "@/lib/query-keys";
import { booking, seeker, signedIn } from "@/test/people";
import { page, server } from "@/test/server";
import { show } from "@/test/screen";
import { Component as Booking } from "./booking";
import { Component as SessionPage } from "./session";

const event = (name: string) =>
  page({ at: "2026-11-20T10:00:00Z", actor: "seeker", event: name, detail: {} });
const other = booking({
  id: "booking-2",
  consultant: { id: "consultant-2", first_name: "Olga", last_name: "Other" },
});

/** A booking's page; `goToOther` leads to another booking's, which is known already. */
async function shown(more: Parameters<typeof server>[0] = {}) {
  signedIn(seeker);
  const api = server({
    "GET /bookings/booking-1": booking(),
    "GET /bookings/booking-2": other,
    "GET /bookings/:id/messages": page(),
    "GET /bookings/booking-1/timeline": event("booking.requested"),
    "GET /bookings/booking-2/timeline": event("booking.confirmed"),
    "GET /consultants/:id/profile": null,
    "GET /bookings/:id/cancellation": {
      can_cancel: true,
      fee: 0,
      returned: 12_000,
      currency: "eur",
      free_until: null,
    },
    ...more,
  });
  const view = show(<Booking />, { path: "/booking/:id", at: "/booking/booking-1" });
  view.queries.setQueryData(keys.bookings.one(other.id), other);
  await screen.findByRole("heading", { name: "Session with Cora Consult" });
  const goToOther = async () => {
    await act(() => view.router.navigate("/booking/booking-2"));
    await screen.findByRole("heading", { name: "Session with Olga Other" });
  };
  return { ...api, ...view, goToOther };
}

it("what was written about a booking is not sent to another one that one goes to", async () => {
  const { user, goToOther } = await shown();
  await user.type(screen.getByLabelText("Write a message"), "For Cora only");
  await goToOther();
  expect(screen.getByLabelText("Write a message")).toHaveValue("");
});

it("a question about a booking is not asked about another one that one goes to", async () => {
  const { user, goToOther } = await shown();
  await user.click(screen.getByRole("button", { name: "Cancel booking" }));
  await screen.findByRole("dialog");
  await goToOther();
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
});

it("the timeline of a booking is not shown as that of another one that one goes to", async () => {
  const { goToOther } = await shown({ "GET /bookings/booking-2/timeline": () => new Promise(() => {}) });
  await screen.findByRole("listitem");
  await goToOther();
  expect(screen.queryByRole("listitem")).not.toBeInTheDocument();
});

it("what was written in a session is not sent in another one that one goes to", async () => {
  signedIn(seeker);
  const over = { status: "cancelled" as const };
  server({
    "GET /bookings/booking-1": booking(over),
    "GET /bookings/booking-2": { ...other, ...over },
    "GET /bookings/:id/messages": page(),
    "GET /bookings/:id/presence": null,
  });
  const { user, router, queries } = show(<SessionPage />, { path: "/session/:id", at: "/session/booking-1" });
  queries.setQueryData(keys.bookings.one(other.id), { ...other, ...over });
  await user.type(await screen.findByLabelText("Write a message"), "For Cora only");
  await act(() => router.navigate("/session/booking-2"));
  await waitFor(() => expect(screen.getByLabelText("Write a message")).toHaveValue(""));
});
