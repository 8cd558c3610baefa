import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { consultant, seeker, signedIn } from "@/test/people";
import { problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { WaitForTime } from "./wait-for-time";

const PATH = "/consultants/consultant-1/waitlist";
const entry = {
  id: "entry-1",
  consultant_id: "consultant-1",
  from: "2026-11-26T23:00:00Z",
  to: "2026-12-26T23:00:00Z",
  created_at: "2026-11-27T08:00:00Z",
  told_at: null,
};

function shown(routes: Parameters<typeof server>[0]) {
  const api = server(routes);
  const ui = (
    <>
      <WaitForTime expertId="consultant-1" firstName="Cora" zone="Europe/Prague" />
      <p>The page</p>
    </>
  );
  return { ...api, ...show(ui, { path: "/experts/:id", at: "/experts/consultant-1?day=2026-12-01" }) };
}

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: Date.parse("2026-11-27T08:00:00Z") });
});

it("puts a seeker on the list for whole days of their zone, and says that they wait", async () => {
  signedIn(seeker);
  const { user, to } = shown({ [`GET ${PATH}`]: problem(404, "not_found"), [`POST ${PATH}`]: entry });
  await user.click(await screen.findByRole("button", { name: "Get notified when one opens" }));
  const dialog = within(await screen.findByRole("dialog"));
  await user.click(dialog.getByRole("button", { name: "Notify me" }));
  expect(
    await screen.findByText(/We’ll notify you when Cora has a time between .*27 Nov.* and .*26 Dec/),
  ).toBeVisible();
  const [sent] = to("POST", PATH);
  // Thirty days from today, by the clock in Prague.
  expect(sent?.body).toEqual({ from: "2026-11-26T23:00:00.000Z", to: "2026-12-26T23:00:00.000Z" });
  expect(sent?.headers.get("Idempotency-Key")).toBeTruthy();
});

it("lets those who wait leave", async () => {
  signedIn(seeker);
  const { user, to } = shown({ [`GET ${PATH}`]: entry, [`DELETE ${PATH}`]: null });
  await user.click(await screen.findByRole("button", { name: "Leave waitlist" }));
  expect(await screen.findByRole("button", { name: "Get notified when one opens" })).toHaveFocus();
  expect(to("DELETE", PATH)).toHaveLength(1);
});

it("says what the server refuses at its field, stays open, and can be sent again", async () => {
  signedIn(seeker);
  const errors = [{ field: "to", message: "Must be at most 60 days after from." }];
  const answers = [problem(400, "validation_failed", { errors }), entry];
  const { user, to } = shown({ [`GET ${PATH}`]: entry, [`POST ${PATH}`]: () => answers.shift() ?? {} });
  await user.click(await screen.findByRole("button", { name: "Change dates" }));
  await user.click(await screen.findByRole("button", { name: "Notify me" }));
  expect(await screen.findByText("Must be at most 60 days after from")).toBeVisible();
  expect(screen.getByLabelText("To")).toBeInvalid();
  await user.dblClick(screen.getByRole("button", { name: "Notify me" }));
  expect(await screen.findByText("We’ll notify you when Cora has a time.")).toBeVisible();
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(to("POST", PATH)).toHaveLength(2);
});

it("stays open with the chosen days when its entry cannot be asked for again", async () => {
  signedIn(seeker);
  let answer: () => Response = () => problem(404, "not_found");
  const { user, refetch } = shown({ [`GET ${PATH}`]: () => answer() });
  await user.click(await screen.findByRole("button", { name: "Get notified when one opens" }));
  await screen.findByRole("dialog");
  fireEvent.change(screen.getByLabelText("From"), { target: { value: "2026-12-10" } });
  fireEvent.blur(screen.getByLabelText("From"));
  const from = screen.getByLabelText<HTMLInputElement>("From").value;
  answer = () => problem(503, "service_unavailable");
  await refetch();
  expect(screen.getByRole("dialog")).toBeVisible();
  expect(screen.getByLabelText("From")).toHaveValue(from);
});

it("says at once when the last day lies before the first, and sends nothing", async () => {
  signedIn(seeker);
  const { user, to } = shown({ [`GET ${PATH}`]: problem(404, "not_found"), [`POST ${PATH}`]: entry });
  await user.click(await screen.findByRole("button", { name: "Get notified when one opens" }));
  await screen.findByRole("dialog");
  fireEvent.change(screen.getByLabelText("From"), { target: { value: "2027-01-10" } });
  fireEvent.blur(screen.getByLabelText("From"));
  expect(await screen.findByText("The last day can’t be before the first.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Notify me" }));
  expect(to("POST", PATH)).toHaveLength(0);
  fireEvent.change(screen.getByLabelText("From"), { target: { value: "2026-12-01" } });
  fireEvent.blur(screen.getByLabelText("From"));
  await waitFor(() =>
    expect(screen.queryByText("The last day can’t be before the first.")).not.toBeInTheDocument(),
  );
});

it.each([
  ["From", "26/11/2026", "Choose 27 November 2026 or a later day."],
  ["To", "26/11/2026", "The last day can’t be before the first."],
  ["To", "26/1/2027", "Choose at most 60 days."],
])("says what is wrong with a day that was typed: %s %s", async (label, typed, why) => {
  signedIn(seeker);
  const { user, to } = shown({ [`GET ${PATH}`]: problem(404, "not_found"), [`POST ${PATH}`]: entry });
  await user.click(await screen.findByRole("button", { name: "Get notified when one opens" }));
  await screen.findByRole("dialog");
  await user.clear(screen.getByLabelText(label));
  await user.type(screen.getByLabelText(label), typed);
  await user.click(screen.getByRole("button", { name: "Notify me" }));
  expect(await screen.findByText(why)).toBeVisible();
  expect(screen.getByLabelText(label)).toBeInvalid();
  expect(to("POST", PATH)).toHaveLength(0);
});

it("sends nothing while a day is none, and says how one is written", async () => {
  signedIn(seeker);
  const { user, to } = shown({ [`GET ${PATH}`]: problem(404, "not_found"), [`POST ${PATH}`]: entry });
  await user.click(await screen.findByRole("button", { name: "Get notified when one opens" }));
  await screen.findByRole("dialog");
  await user.clear(screen.getByLabelText("From"));
  await user.click(screen.getByRole("button", { name: "Notify me" }));
  expect(await screen.findByText("Enter a date, for example 31/12/2027.")).toBeVisible();
  expect(to("POST", PATH)).toHaveLength(0);
});

it("can be asked again when it could not load whether one waits", async () => {
  signedIn(seeker);
  const answers = [problem(503, "service_unavailable"), entry];
  const { user } = shown({ [`GET ${PATH}`]: () => answers.shift() ?? entry });
  await user.click(await screen.findByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("button", { name: "Leave waitlist" })).toBeVisible();
});

it("leads visitors through the log-in and back, and is not for consultants", async () => {
  const { unmount } = shown({});
  const link = await screen.findByRole("link", { name: "Log in to get notified" });
  expect(link).toHaveAttribute(
    "href",
    `/login?next=${encodeURIComponent("/experts/consultant-1?day=2026-12-01")}`,
  );
  unmount();
  signedIn(consultant);
  shown({});
  expect(await screen.findByText("The page")).toBeVisible();
  await waitFor(() => expect(screen.queryByText("No time that works for you?")).not.toBeInTheDocument());
});
