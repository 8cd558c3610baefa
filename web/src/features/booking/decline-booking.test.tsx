import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { booking, consultant, signedIn } from "@/test/people";
import { problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { DeclineBooking } from "./decline-booking";

const PATH = "/bookings/booking-1/decline";
const declined = booking({ status: "declined" });

async function asked(routes: Parameters<typeof server>[0]) {
  signedIn(consultant);
  const api = server(routes);
  const shown = show(<DeclineBooking booking={booking({ status: "requested" })} />);
  await shown.user.click(screen.getByRole("button", { name: "Decline" }));
  await screen.findByRole("dialog");
  return { ...api, ...shown, send: () => screen.getByRole("button", { name: "Decline request" }) };
}

it("is sent once, with the reason, however often one clicks, and closes", async () => {
  const { user, to, send, queries } = await asked({ [`POST ${PATH}`]: declined });
  expect(screen.getByLabelText("Reason")).toHaveFocus();
  await user.type(screen.getByLabelText("Reason"), " On holiday ");
  await user.dblClick(send());
  expect(await screen.findByText("The request is declined.")).toBeVisible();
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(to("POST", PATH).map((one) => one.body)).toEqual([{ reason: "On holiday" }]);
  expect(queries.getQueryData(["bookings", "one", "booking-1"])).toEqual(declined);
});

it("says what is wrong with the reason at its field, and is sent again", async () => {
  const errors = [{ field: "reason", message: "Too long.", code: "too_long", params: { max: 500 } }];
  const answers = [problem(400, "validation_failed", { errors }), declined];
  const { user, send } = await asked({ [`POST ${PATH}`]: () => answers.shift() ?? {} });
  await user.click(send());
  expect(await screen.findByText("At most 500 characters")).toBeVisible();
  expect(screen.getByLabelText("Reason")).toBeInvalid();
  await user.click(send());
  expect(await screen.findByText("The request is declined.")).toBeVisible();
});

it("is done when it has been declined a moment before, on another device", async () => {
  const { user, send } = await asked({
    [`POST ${PATH}`]: problem(409, "invalid_transition"),
    "GET /bookings/booking-1": declined,
  });
  await user.click(send());
  expect(await screen.findByText("The request is declined.")).toBeVisible();
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
});

it("stays open and says why when the seeker has called it off", async () => {
  const { user, send } = await asked({
    [`POST ${PATH}`]: problem(409, "invalid_transition"),
    "GET /bookings/booking-1": booking({ status: "cancelled" }),
  });
  await user.click(send());
  expect(await screen.findByRole("alert")).toHaveTextContent("has changed in the meantime");
  expect(screen.getByRole("dialog")).toBeVisible();
});

it("cannot be closed while it is sent, and says then why it has failed", async () => {
  let answer = (_: Response) => {};
  const { user, send } = await asked({
    [`POST ${PATH}`]: () => new Promise<Response>((done) => (answer = done)),
  });
  await user.click(send());
  expect(screen.getByRole("button", { name: "Back" })).toBeDisabled();
  await user.keyboard("{Escape}");
  answer(problem(503, "service_unavailable"));
  expect(await screen.findByRole("alert")).toHaveTextContent("temporarily unavailable");
  await user.click(screen.getByRole("button", { name: "Back" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
});
