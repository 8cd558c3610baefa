import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { DAY } from "@/lib/time";
import { booking, consultant, expert, seeker, signedIn } from "@/test/people";
import { type Asked, page, problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { Component as Dashboard } from "./dashboard";

const LIST = "GET /bookings/me";
const isActive = ({ query }: Asked) => query.getAll("status").includes("requested");
const later = (id: number, start: string) =>
  booking({
    id: `booking-${id}`,
    scheduled_start: start,
    seeker: { ...booking().seeker, first_name: `S${id}` },
  });

function opened(list: (asked: Asked) => object, { role = consultant, at = "/dashboard" } = {}) {
  const api = server({
    [LIST]: list,
    "GET /consultants/me/waitlist": page(),
    "GET /consultants/:id/profile": expert,
    "GET /consultants/me/availability/rules": problem(404, "no_rules"),
    "GET /payments/account": problem(404, "no_payout_account"),
  });
  signedIn(role);
  return { ...api, ...show(<Dashboard />, { path: "/dashboard", at }) };
}

it("an open question stays, with what was typed, when the bookings cannot be asked for again", async () => {
  let answer = (asked: Asked): object => (isActive(asked) ? page(booking({ status: "requested" })) : page());
  const { user, refetch } = opened((asked) => answer(asked));
  await user.click(await screen.findByRole("button", { name: "Decline" }));
  await user.type(await screen.findByLabelText("Reason"), "On holiday");
  answer = () => problem(503, "service_unavailable");
  await refetch();
  expect(screen.getByLabelText("Reason")).toHaveValue("On holiday");
});

it("more bookings than one page has are all shown, the next session first", async () => {
  const { to } = opened(({ query }) => {
    if (!query.getAll("status").includes("confirmed")) return page();
    return query.get("cursor") === "second"
      ? page(later(1, "2026-11-23T10:00:00Z"))
      : { items: [later(2, "2026-11-24T10:00:00Z")], next_cursor: "second" };
  });
  const upcoming = await screen.findByRole("region", { name: "Upcoming" });
  expect(upcoming).toHaveTextContent(/S1.*S2/);
  expect(to("GET", "/bookings/me").some(({ query }) => query.get("cursor") === "second")).toBe(true);
});

it("a next page that does not come is said, and the first stays", async () => {
  const { user } = opened(
    ({ query }) => {
      if (query.getAll("status").includes("requested")) return page();
      return query.get("cursor")
        ? problem(503, "service_unavailable")
        : { items: [booking({ status: "declined" })], next_cursor: "second" };
    },
    { role: seeker },
  );
  await user.click(await screen.findByRole("button", { name: "Show older bookings" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("temporarily unavailable");
  expect(screen.getByRole("region", { name: "Past" })).toBeVisible();
});

it("a status that somebody has made up shows all bookings", async () => {
  opened(() => page(), { at: "/dashboard?status=constructor" });
  expect(await screen.findByText("No requests yet")).toBeVisible();
  expect(screen.getByLabelText("Show")).toHaveValue("");
});

it("one click asks again for all bookings that could not be loaded", async () => {
  let answer = (): object => problem(503, "service_unavailable");
  const { user } = opened(() => answer());
  const again = await screen.findByRole("button", { name: "Try again" });
  answer = () => page();
  await user.click(again);
  expect(await screen.findByText("No requests yet")).toBeVisible();
});

describe("a seeker who has never rated", () => {
  const completed = (id: number, daysAgo: number) => {
    const end = new Date(Date.now() - daysAgo * DAY).toISOString();
    const expert = { ...booking().consultant, first_name: `C${id}` };
    return booking({ id: `booking-${id}`, status: "completed", consultant: expert, session_end_time: end });
  };

  it("is asked for a rating of recent sessions only, so that old ones do not bury what is to come", async () => {
    opened(
      ({ query }) =>
        query.getAll("status").includes("completed") ? page(completed(1, 13), completed(2, 15)) : page(),
      {
        role: seeker,
      },
    );
    const attention = await screen.findByRole("region", { name: "Needs your attention" });
    expect(attention).toHaveTextContent("C1");
    expect(attention).not.toHaveTextContent("C2");
    const past = screen.getByRole("region", { name: "Past" });
    expect(past).toHaveTextContent("C2");
    expect(within(past).getByRole("link", { name: "Rate the session" })).toBeVisible();
  });
});

it("the number of past bookings does not claim to be all of them while there are older ones", async () => {
  let next: string | null = "second";
  const { refetch } = opened(({ query }) =>
    query.getAll("status").includes("declined")
      ? { items: [booking({ status: "declined" })], next_cursor: next }
      : page(),
  );
  expect(await screen.findByRole("heading", { name: "Past 1+" })).toBeVisible();
  next = null;
  await refetch();
  expect(screen.getByRole("heading", { name: "Past 1" })).toBeVisible();
});
