import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { booking, consultant, signedIn } from "@/test/people";
import { problem, server } from "@/test/server";
import { clickTwice, show } from "@/test/screen";
import { AcceptBooking } from "./accept-booking";

const PATH = "/bookings/booking-1/accept";

function asked(routes: Parameters<typeof server>[0]) {
  signedIn(consultant);
  return { ...server(routes), ...show(<AcceptBooking booking={booking({ status: "requested" })} />) };
}

it("is sent once, however often one clicks", async () => {
  const { to } = asked({ [`POST ${PATH}`]: booking({ status: "accepted" }) });
  clickTwice(await screen.findByRole("button", { name: "Accept" }));
  expect(await screen.findByText("You accepted Sam’s request.")).toBeVisible();
  const keys = to("POST", PATH).map(({ headers }) => headers.get("Idempotency-Key"));
  expect(new Set(keys).size).toBe(1);
});

it("is done when the booking has been accepted already, and says why when it has been called off", async () => {
  let status: "confirmed" | "cancelled" = "confirmed";
  const { user } = asked({
    [`POST ${PATH}`]: () => problem(409, "invalid_transition"),
    "GET /bookings/booking-1": () => booking({ status }),
  });
  await user.click(await screen.findByRole("button", { name: "Accept" }));
  expect(await screen.findByText("You accepted Sam’s request.")).toBeVisible();
  status = "cancelled";
  show(<AcceptBooking booking={booking({ status: "requested" })} />);
  await user.click(screen.getAllByRole("button", { name: "Accept" }).at(-1) as HTMLElement);
  expect((await screen.findAllByText(/has changed in the meantime/))[0]).toBeVisible();
});
