import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { consultant, signedIn } from "@/test/people";
import { CONFIG, page, problem, server } from "@/test/server";
import { clickTwice, show } from "@/test/screen";
import type { NewRules } from "./rules-api";
import { Component as Hours } from "@/app/routes/availability-hours";

const PATH = "/consultants/me/availability/rules";
const RULES = {
  time_zone: "Europe/Prague",
  weekly: [
    { weekday: 1, start: "09:00", end: "12:00" },
    { weekday: 1, start: "13:00", end: "24:00" },
  ],
  slot_minutes: 60,
  buffer_minutes: 0,
  minimum_notice_minutes: 0,
  horizon_days: 60,
  daily_limit: null,
  exceptions: [{ date: "2026-12-24", closed: true }],
  slots: 84,
  next_slot: "2026-11-30T08:00:00Z",
  warnings: [],
};

async function opened(
  rules: Response | object | (() => object),
  answer: Response | object | ((asked: never) => object) = RULES,
  config: object = CONFIG,
) {
  signedIn(consultant);
  const api = server({
    [`GET ${PATH}`]: rules as object,
    [`PUT ${PATH}`]: answer as object,
    "GET /consultants/consultant-1/availability": page(),
    "GET /config": config,
  });
  const shown = show(<Hours />);
  await screen.findByRole("heading", { name: "Weekly hours", level: 2 });
  const sent = () => api.to("PUT", PATH).map((one) => one.body as NewRules);
  return { ...api, ...shown, sent };
}
const day = (name: string) => within(screen.getByRole("listitem", { name }));
const save = () => screen.getByRole("button", { name: "Save hours" });

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: Date.parse("2026-11-27T08:00:00Z") });
});

describe("weekly hours", () => {
  it("are offered ready-made to somebody without any, and sent in the account's zone", async () => {
    const { user, sent } = await opened(problem(404, "no_rules"));
    expect(screen.getByText(/Not saved yet/)).toBeVisible();
    await user.click(save());
    expect(await screen.findByText("Your hours are saved.")).toBeVisible();
    expect(sent()[0]).toMatchObject({ time_zone: "Europe/Prague", slot_minutes: 60, exceptions: [] });
    expect(sent()[0]?.weekly).toHaveLength(10);
  });

  it("show what they give, the end of a day as midnight, and the days off", async () => {
    const { sent, user } = await opened(RULES);
    expect(screen.getByText(/84 times are open for booking\. The next one: .*30 Nov.* 09:00/)).toBeVisible();
    expect(day("Monday").getByLabelText("Monday, time range 2, until")).toHaveValue("00:00");
    expect(day("Tuesday").getByText("Not available")).toBeVisible();
    expect(
      within(screen.getByRole("list", { name: "Days with special hours" })).getByText(/Closed/),
    ).toBeVisible();
    expect(save()).toBeDisabled();
    await user.click(day("Monday").getByRole("button", { name: "Add hours on Monday" }));
    await user.click(day("Monday").getByRole("button", { name: "Remove time range 3 on Monday" }));
    expect(save()).toBeDisabled();
    expect(sent()).toHaveLength(0);
  });

  it("keep what was changed when they cannot be asked for again", async () => {
    let answer: Response | object = RULES;
    const { user, refetch } = await opened(() => answer);
    await user.click(day("Tuesday").getByRole("switch"));
    answer = problem(503, "service_unavailable");
    await refetch();
    expect(day("Tuesday").getByLabelText("Tuesday, time range 1, from")).toHaveValue("09:00");
    expect(save()).toBeEnabled();
  });

  it.each([
    ["the first time", problem(404, "no_rules")],
    ["again", RULES],
  ])("keep what is changed while they are saved %s", async (_, before) => {
    let answer = (_: object) => {};
    const { user, sent } = await opened(before, () => new Promise<object>((done) => (answer = done)));
    await user.click(day("Sunday").getByRole("switch"));
    await user.click(save());
    await waitFor(() => expect(sent()).toHaveLength(1));
    await user.click(day("Saturday").getByRole("switch"));
    answer({ ...RULES, weekly: [...RULES.weekly, { weekday: 7, start: "09:00", end: "17:00" }] });
    expect(await screen.findByText("Your hours are saved.")).toBeVisible();
    expect(day("Saturday").getByLabelText("Saturday, time range 1, from")).toHaveValue("09:00");
    expect(screen.getByText("You have unsaved changes.")).toBeVisible();
    await user.click(save());
    await waitFor(() => expect(sent()).toHaveLength(2));
    expect(sent()[1]?.weekly.filter((one) => one.weekday >= 6)).toHaveLength(2);
  });

  it("are copied from one day to the others that are ticked", async () => {
    const { user, sent } = await opened(RULES);
    await user.click(day("Monday").getByRole("button", { name: "Copy Monday to other days" }));
    const copy = within(await screen.findByRole("dialog"));
    await user.click(copy.getByRole("checkbox", { name: "Friday" }));
    await user.click(copy.getByRole("button", { name: "Copy" }));
    await user.click(save());
    await waitFor(() => expect(sent()).toHaveLength(1));
    expect(sent()[0]?.weekly.map((one) => one.weekday)).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
  });

  it("are moved, lengthened and removed by keyboard", async () => {
    const { user, sent } = await opened(RULES);
    day("Monday")
      .getByRole("button", { name: /^Monday, 09:00–12:00\. Arrow keys/ })
      .focus();
    await user.keyboard("{ArrowRight}{Shift>}{ArrowRight}{/Shift}");
    expect(day("Monday").getByLabelText("Monday, time range 1, from")).toHaveValue("09:15");
    expect(day("Monday").getByLabelText("Monday, time range 1, until")).toHaveValue("12:30");
    day("Monday")
      .getByRole("button", { name: /^Monday, 13:00–00:00\. Arrow keys/ })
      .focus();
    await user.keyboard("{Delete}");
    await user.click(save());
    await waitFor(() => expect(sent()).toHaveLength(1));
    expect(sent()[0]?.weekly).toEqual([{ weekday: 1, start: "09:15", end: "12:30" }]);
  });

  it("that are wrong are told at their field, until they are right, and are not sent", async () => {
    const { user, sent } = await opened(RULES);
    const until = day("Monday").getByLabelText("Monday, time range 1, until");
    fireEvent.change(until, { target: { value: "08:00" } });
    await user.click(save());
    expect(until).toHaveAccessibleDescription("The end must be after the start.");
    await waitFor(() => expect(until).toHaveFocus());
    fireEvent.change(until, { target: { value: "14:00" } });
    expect(until).not.toHaveAccessibleDescription();
    const second = day("Monday").getByLabelText("Monday, time range 2, from");
    expect(second).toHaveAccessibleDescription("This overlaps 09:00–14:00.");
    fireEvent.change(second, { target: { value: "15:00" } });
    expect(screen.queryByText(/overlaps|must be after/)).not.toBeInTheDocument();
    await user.click(save());
    await waitFor(() => expect(sent()).toHaveLength(1));
  });

  it("show the server's complaints where they belong", async () => {
    const errors = [
      { field: "weekly[1].start", message: "This overlaps weekly[0].", code: "overlap" },
      { field: "slot_minutes", message: "Must be at most 480.", code: "too_large", params: { max: 480 } },
    ];
    const { user } = await opened(RULES, problem(400, "validation_failed", { errors }));
    await user.selectOptions(screen.getByLabelText("Session length"), "30 min");
    await user.click(save());
    await waitFor(() =>
      expect(day("Monday").getByLabelText("Monday, time range 2, from")).toHaveAccessibleDescription(
        "This overlaps another time range on this day.",
      ),
    );
    expect(screen.getByLabelText("Session length")).toHaveAccessibleDescription(/At most 480/);
  });

  it("make no session that is shorter than the marketplace's shortest, and say where they did", async () => {
    const config = { ...CONFIG, minimum_slot_seconds: 5400 };
    const { user, sent } = await opened(RULES, RULES, config);
    expect(await screen.findByText("Your sessions are now too short")).toBeVisible();
    const size = screen.getByLabelText<HTMLSelectElement>("Session length");
    const offered = [...size.options].map((one) => one.value);
    expect(offered.slice(0, 3)).toEqual(["60", "90", "120"]); // the first is what is saved
    await user.selectOptions(screen.getByLabelText("Break between sessions"), "15 min");
    await user.click(save());
    expect(size).toHaveAccessibleDescription(/A session takes at least 1 h 30 min/);
    expect(sent()).toHaveLength(0);
    await user.selectOptions(size, "90");
    await user.click(save());
    await waitFor(() => expect(sent()[0]?.slot_minutes).toBe(90));
  });

  it("are saved once, however often one clicks, and again after a refusal", async () => {
    const answers = [problem(503, "service_unavailable"), RULES];
    const { user, sent } = await opened(RULES, () => answers.shift() ?? RULES);
    await user.selectOptions(screen.getByLabelText("Session length"), "30 min");
    clickTwice(save());
    expect(await screen.findByRole("alert")).toHaveTextContent("temporarily unavailable");
    expect(sent()).toHaveLength(1);
    await user.click(save());
    expect(await screen.findByText("Your hours are saved.")).toBeVisible();
    expect(screen.queryByText(/temporarily unavailable/)).not.toBeInTheDocument();
    expect(sent()).toHaveLength(2);
  });

  it("say when they would give more times than can be kept, and when they give none", async () => {
    const { user } = await opened({ ...RULES, slots: 0, next_slot: null }, problem(409, "too_many_slots"));
    expect(screen.getByText("Nothing is available in the next 60 days.")).toBeVisible();
    await user.selectOptions(screen.getByLabelText("Session length"), "15 min");
    await user.click(save());
    expect(await screen.findByRole("alert")).toHaveTextContent("reached the limit of open times");
  });
});

describe("a day", () => {
  it("is closed or gets hours of its own in the month, and takes the weekly ones back", async () => {
    const { user, sent } = await opened(RULES);
    await user.click(screen.getByRole("button", { name: /^Monday,? 30 November$/ }));
    const panel = within(screen.getByRole("region", { name: /^Monday,? 30 November$/ }));
    expect(panel.getByText("09:00–12:00, 13:00–00:00")).toBeVisible();
    await user.click(panel.getByRole("radio", { name: "Special hours" }));
    fireEvent.change(panel.getByLabelText(/time range 1, until/), { target: { value: "10:00" } });
    await user.click(
      screen.getByRole("button", { name: /Use the weekly hours on Thursday,? 24 December again/ }),
    );
    await user.click(save());
    await waitFor(() => expect(sent()).toHaveLength(1));
    expect(sent()[0]?.exceptions).toEqual([
      { date: "2026-11-30", closed: false, start: "09:00", end: "10:00" },
      { date: "2026-11-30", closed: false, start: "13:00", end: "24:00" },
    ]);
  });

  it("is closed with all others of a holiday, which are listed as one", async () => {
    const { sent } = await opened({ ...RULES, exceptions: [] });
    for (const [label, value] of [
      ["First day", "2026-12-30"],
      ["Last day", "2027-01-02"],
    ] as const) {
      fireEvent.change(screen.getByLabelText(label), { target: { value } });
      fireEvent.blur(screen.getByLabelText(label));
    }
    fireEvent.click(screen.getByText("Close these days"));
    expect(screen.getByText(/30 Dec – .*2 Jan/)).toBeVisible();
    fireEvent.click(screen.getByText("Save hours"));
    await waitFor(() => expect(sent()).toHaveLength(1));
    expect(sent()[0]?.exceptions).toEqual(
      ["2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"].map((date) => ({ date, closed: true })),
    );
  });
});

it("asks before hours that were never saved are left behind, but not before those that were only offered", async () => {
  const { user, router } = await opened(problem(404, "no_rules"));
  await act(() => router.navigate("/elsewhere"));
  expect(screen.queryByText("Leave without saving?")).not.toBeInTheDocument();
  await act(() => router.navigate("/"));
  await user.click(await screen.findByRole("button", { name: "Remove time range 1 on Monday" }));
  await act(() => router.navigate("/elsewhere"));
  expect(await screen.findByText("Leave without saving?")).toBeVisible();
});
