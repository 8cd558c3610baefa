import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { booking, consultant, seeker, signedIn, slot } from "@/test/people";
import { page, problem, server } from "@/test/server";
import { clickTwice, show } from "@/test/screen";
import { AnotherTime, AnotherTimeLine } from "./another-time";
import { ProposeTime } from "./propose-time";

const NOW = Date.parse("2026-11-22T08:00:00Z");
const proposal = (more = {}) => ({
  proposed_by: "seeker" as const,
  slot_id: "slot-2",
  scheduled_start: "2026-11-24T14:00:00Z",
  scheduled_end: "2026-11-24T15:00:00Z",
  message: "My train is late on Monday.",
  expires_at: "2026-11-23T08:00:00Z",
  ...more,
});

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: NOW });
});

it("shows the one who must answer both times, the message and how long, and sends a yes", async () => {
  const moved = booking({ scheduled_start: "2026-11-24T14:00:00Z" });
  const { to } = server({ "POST /bookings/booking-1/reschedule/accept": moved });
  signedIn(consultant);
  const { user, queries } = show(
    <AnotherTime booking={booking({ reschedule: proposal() })} side="consultant" now={NOW} />,
  );
  const card = within(await screen.findByRole("region", { name: "Sam proposes another time" }));
  const [before, after] = card.getAllByRole("definition");
  expect(before).toHaveTextContent(/Monday,? 23 November11:00–12:00Prague, GMT\+1/);
  expect(after).toHaveTextContent(/Tuesday,? 24 November15:00–16:00Prague, GMT\+1/);
  expect(card.getByText("My train is late on Monday.")).toBeVisible();
  expect(card.getByText(/You can answer until .*23 Nov.* 09:00 \(in 24 hours\)/)).toBeVisible();
  await user.click(card.getByRole("button", { name: "Accept new time" }));
  expect(await screen.findByText(/The session has a new time/)).toBeVisible();
  const [sent] = to("POST", "/bookings/booking-1/reschedule/accept");
  expect(sent?.headers.get("Idempotency-Key")).toBeTruthy();
  expect(queries.getQueryData(["bookings", "one", "booking-1"])).toEqual(moved);
});

it("says when somebody was faster: the proposal is gone", async () => {
  server({ "POST /bookings/:id/reschedule/decline": problem(409, "no_proposal") });
  signedIn(consultant);
  const { user } = show(
    <AnotherTime booking={booking({ reschedule: proposal() })} side="consultant" now={NOW} />,
  );
  await user.click(await screen.findByRole("button", { name: "Keep current time" }));
  expect(await screen.findByRole("alert")).toHaveTextContent(
    "There is no longer a proposal for another time.",
  );
});

it("lets the proposer only withdraw", async () => {
  const { to } = server({ "POST /bookings/:id/reschedule/withdraw": booking() });
  signedIn(seeker);
  const { user } = show(
    <AnotherTime booking={booking({ reschedule: proposal() })} side="seeker" now={NOW} />,
  );
  await user.click(await screen.findByRole("button", { name: "Withdraw proposal" }));
  expect(screen.queryByRole("button", { name: "Accept new time" })).not.toBeInTheDocument();
  await waitFor(() => expect(to("POST", "/bookings/booking-1/reschedule/withdraw")).toHaveLength(1));
});

it("offers no answer to a proposal whose time is over", async () => {
  signedIn(consultant);
  const late = booking({ reschedule: proposal({ expires_at: "2026-11-22T07:59:59Z" }) });
  show(
    <>
      <AnotherTime booking={late} side="consultant" now={NOW} />
      <AnotherTimeLine booking={late} side="consultant" now={NOW} />
      <p>The rest</p>
    </>,
  );
  expect(await screen.findByText("The rest")).toBeVisible();
  expect(screen.queryByText(/propose/)).not.toBeInTheDocument();
});

it("says in a list who has to answer", async () => {
  signedIn(seeker);
  const waiting = booking({ reschedule: proposal() });
  show(
    <>
      <AnotherTimeLine booking={waiting} side="seeker" now={NOW} />
      <AnotherTimeLine booking={waiting} side="consultant" now={NOW} />
    </>,
  );
  expect(
    await screen.findByText(/^You proposed .*15:00–16:00\. Waiting for Cora to answer\.$/),
  ).toBeVisible();
  expect(screen.getByText(/^Sam proposes .*15:00–16:00\. Please answer\.$/)).toBeVisible();
});

/** The dialog in which another time is looked for. */
async function looking(
  answer: Response | object | (() => object),
  status: "confirmed" | "requested" = "confirmed",
) {
  const api = server({
    "GET /consultants/consultant-1/availability": page(
      slot("2026-11-24T14:00:00Z", "2026-11-24T15:00:00Z", { id: "slot-2" }),
      slot("2026-11-24T16:00:00Z", "2026-11-24T16:30:00Z", { id: "short" }),
    ),
    "POST /bookings/booking-1/reschedule": answer,
  });
  signedIn(seeker);
  const shown = show(<ProposeTime booking={booking({ status })} side="seeker" />);
  await shown.user.click(await screen.findByRole("button", { name: /time/ }));
  return { ...api, ...shown, dialog: within(await screen.findByRole("dialog")) };
}

it("proposes one of the expert's times of the same length, with a message", async () => {
  const { user, to, dialog } = await looking(booking({ reschedule: proposal() }));
  expect(dialog.getByRole("button", { name: "Send proposal" })).toBeDisabled();
  await user.click(await dialog.findByRole("button", { name: /^15:00/ }));
  expect(dialog.queryByRole("button", { name: /^17:00/ })).not.toBeInTheDocument();
  expect(dialog.getAllByRole("definition")[1]).toHaveTextContent("15:00–16:00");
  await user.type(dialog.getByLabelText("Message"), "Please");
  await user.click(dialog.getByRole("button", { name: "Send proposal" }));
  expect(await screen.findByText("Your proposal is on its way to Cora.")).toBeVisible();
  expect(to("POST", "/bookings/booking-1/reschedule")[0]?.body).toEqual({
    slot_id: "slot-2",
    message: "Please",
  });
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
});

it("stays open when the time has just been taken, with nothing chosen", async () => {
  const { user, dialog } = await looking(problem(409, "slot_unavailable"));
  await user.click(await dialog.findByRole("button", { name: /^15:00/ }));
  await user.click(dialog.getByRole("button", { name: "Send proposal" }));
  expect(await dialog.findByRole("alert")).toHaveTextContent("has just been taken");
  expect(dialog.getByText("Not chosen yet")).toBeVisible();
});

it("asks for the expert's times again when one has just been taken", async () => {
  const { user, to, dialog } = await looking(problem(409, "slot_unavailable"));
  await user.click(await dialog.findByRole("button", { name: /^15:00/ }));
  const before = to("GET", "/consultants/consultant-1/availability").length;
  await user.click(dialog.getByRole("button", { name: "Send proposal" }));
  // Long before the list would be asked for anyway.
  await waitFor(
    () => expect(to("GET", "/consultants/consultant-1/availability").length).toBeGreaterThan(before),
    { timeout: 3000 },
  );
});

it("keeps the time after a lost answer, and sends it again with the same key", async () => {
  const answers = [
    () => {
      throw new TypeError("Failed to fetch");
    },
    () => booking({ reschedule: proposal() }),
  ];
  const { user, to, dialog } = await looking(() => answers.shift()?.() ?? {});
  await user.click(await dialog.findByRole("button", { name: /^15:00/ }));
  await user.click(dialog.getByRole("button", { name: "Send proposal" }));
  expect(await dialog.findByRole("alert")).toHaveTextContent("We can’t reach the server");
  await user.click(dialog.getByRole("button", { name: "Send proposal" }));
  expect(await screen.findByText("Your proposal is on its way to Cora.")).toBeVisible();
  const [first, second] = to("POST", "/bookings/booking-1/reschedule");
  expect(second?.headers.get("Idempotency-Key")).toBe(first?.headers.get("Idempotency-Key"));
});

it("moves a request at once, and says so before", async () => {
  const { user, dialog } = await looking(booking({ status: "requested" }), "requested");
  expect(dialog.getByText(/Your request moves to the new time right away/)).toBeVisible();
  await user.click(await dialog.findByRole("button", { name: /^15:00/ }));
  await user.click(dialog.getByRole("button", { name: "Change the time" }));
  expect(await screen.findByText("Your request has a new time.")).toBeVisible();
});

it("is proposed once, however often one clicks; what is wrong with the message is said at it", async () => {
  const errors = [{ field: "message", message: "Too long.", code: "too_long", params: { max: 2000 } }];
  const answers = [problem(400, "validation_failed", { errors }), booking({ reschedule: proposal() })];
  const { user, to, dialog } = await looking(() => answers.shift() ?? {});
  await user.click(await dialog.findByRole("button", { name: /^15:00/ }));
  await user.type(dialog.getByLabelText("Message"), "Please");
  clickTwice(dialog.getByRole("button", { name: "Send proposal" }));
  expect(await dialog.findByText("At most 2,000 characters")).toBeVisible();
  expect(to("POST", "/bookings/booking-1/reschedule")).toHaveLength(1);
  await user.click(await dialog.findByRole("button", { name: /^15:00/ }));
  await user.click(dialog.getByRole("button", { name: "Send proposal" }));
  expect(await screen.findByText("Your proposal is on its way to Cora.")).toBeVisible();
});
