import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Cancellation } from "./api";
import { booking, consultant, seeker, signedIn } from "@/test/people";
import { problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { CancelBooking } from "./cancel-booking";

const CANCEL = "/bookings/booking-1/cancel";
const costs = (more: Partial<Cancellation>): Cancellation => ({
  can_cancel: true,
  fee: 0,
  returned: 12000,
  currency: "eur",
  free_until: null,
  payout: 0,
  policy: "",
  ...more,
});

async function asked(
  cost: Cancellation,
  side: "seeker" | "consultant" = "seeker",
  answer: Response | object = {},
) {
  signedIn(side === "seeker" ? seeker : consultant);
  const api = server({ "GET /bookings/booking-1/cancellation": cost, [`POST ${CANCEL}`]: answer });
  const { user } = show(<CancelBooking booking={booking()} side={side} />);
  await user.click(screen.getByRole("button", { name: "Cancel booking" }));
  const dialog = await screen.findByRole("dialog");
  await waitFor(() => expect(dialog.querySelector(".mantine-Skeleton-root")).toBeNull());
  return { ...api, user, dialog };
}

describe("cancelling", () => {
  it("says that it is free, what is given back, and for how long", async () => {
    const { dialog } = await asked(costs({ free_until: "2026-11-22T10:00:00Z" }));
    expect(dialog).toHaveTextContent("This is free");
    expect(dialog).toHaveTextContent("The hold of €120.00 on your card is released.");
    expect(dialog).toHaveTextContent("It stays free until Sun 22 Nov");
  });

  it("names the price on the button when it costs something, and what is given back", async () => {
    const { dialog, user, to } = await asked(
      costs({ fee: 6000, returned: 6000 }),
      "seeker",
      booking({ status: "cancelled" }),
    );
    expect(dialog).toHaveTextContent("This costs €60.00");
    expect(dialog).toHaveTextContent("€60.00 of the hold on your card is released");
    await user.type(screen.getByLabelText("Reason"), " I’m ill ");
    await user.click(screen.getByRole("button", { name: "Cancel and pay €60.00" }));
    await waitFor(() => expect(to("POST", CANCEL)[0]?.body).toEqual({ reason: "I’m ill" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  });

  it("costs the consultant nothing, and says what it means to the other", async () => {
    const { dialog } = await asked(costs({}), "consultant");
    expect(dialog).toHaveTextContent(
      "Sam will be notified and pays nothing; the hold of €120.00 on their card is released.",
    );
  });

  it("can be asked about again when it did not load what it costs", async () => {
    const answers = [problem(503, "service_unavailable"), costs({})];
    signedIn(seeker);
    server({ "GET /bookings/booking-1/cancellation": () => answers.shift() ?? costs({}) });
    const { user } = show(<CancelBooking booking={booking()} side="seeker" />);
    await user.click(screen.getByRole("button", { name: "Cancel booking" }));
    await user.click(await screen.findByRole("button", { name: "Try again" }));
    expect(await screen.findByText("This is free")).toBeVisible();
    expect(screen.getAllByRole("button", { name: "Cancel booking" }).at(-1)).toBeEnabled();
  });

  it("is not offered when it is too late", async () => {
    const { dialog } = await asked(costs({ can_cancel: false }));
    expect(dialog).toHaveTextContent("can’t be cancelled any more");
    expect(screen.getAllByRole("button", { name: "Cancel booking" }).at(-1)).toBeDisabled();
  });

  it("is done when the other one has called it off a moment before", async () => {
    const cancelled = booking({ status: "cancelled" });
    signedIn(seeker);
    server({
      "GET /bookings/booking-1/cancellation": costs({}),
      [`POST ${CANCEL}`]: problem(409, "invalid_transition"),
      "GET /bookings/booking-1": cancelled,
    });
    const { user } = show(<CancelBooking booking={booking()} side="seeker" />);
    await user.click(screen.getByRole("button", { name: "Cancel booking" }));
    const dialog = await screen.findByRole("dialog");
    await waitFor(() => expect(dialog).toHaveTextContent("This is free"));
    await user.click(screen.getAllByRole("button", { name: "Cancel booking" }).at(-1) as HTMLElement);
    expect(await screen.findByText("The booking is cancelled.")).toBeVisible();
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  });

  it("stays open and says why when the server refuses", async () => {
    const { user, dialog } = await asked(costs({}), "seeker", problem(409, "invalid_transition"));
    await user.click(screen.getAllByRole("button", { name: "Cancel booking" }).at(-1) as HTMLElement);
    expect(await screen.findByRole("alert")).toHaveTextContent("has changed in the meantime");
    expect(dialog).toBeVisible();
  });

  it("cannot be given up while it is sent", async () => {
    signedIn(seeker);
    let answer = (_: Response) => {};
    server({
      "GET /bookings/booking-1/cancellation": costs({}),
      [`POST ${CANCEL}`]: () => new Promise<Response>((done) => (answer = done)),
    });
    const { user } = show(<CancelBooking booking={booking()} side="seeker" />);
    await user.click(screen.getByRole("button", { name: "Cancel booking" }));
    await screen.findByText("This is free");
    await user.click(screen.getAllByRole("button", { name: "Cancel booking" }).at(-1) as HTMLElement);
    expect(screen.getByRole("button", { name: "Keep booking" })).toBeDisabled();
    await user.keyboard("{Escape}");
    answer(problem(409, "invalid_transition"));
    expect(await screen.findByRole("alert")).toBeVisible();
  });
});
