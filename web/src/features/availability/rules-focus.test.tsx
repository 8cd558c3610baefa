import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Component as Hours } from "@/app/routes/availability-hours";
import { consultant, signedIn } from "@/test/people";
import { page, server } from "@/test/server";
import { show } from "@/test/screen";
import type { NewRules } from "./rules-api";

async function opened(rules: Pick<NewRules, "weekly" | "exceptions">) {
  signedIn(consultant);
  server({
    "GET /consultants/me/availability/rules": {
      time_zone: "Europe/Prague",
      slot_minutes: 60,
      buffer_minutes: 0,
      minimum_notice_minutes: 0,
      horizon_days: 60,
      daily_limit: null,
      slots: 84,
      next_slot: "2026-11-30T08:00:00Z",
      warnings: [],
      ...rules,
    },
    "GET /consultants/consultant-1/availability": page(),
  });
  const { user } = show(<Hours />);
  await screen.findByRole("heading", { name: "Weekly hours", level: 2 });
  return user;
}

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: Date.parse("2026-11-27T08:00:00Z") });
});

describe("the focus goes", () => {
  it("from hours that are removed to the next ones, and after the last to the day’s switch", async () => {
    const user = await opened({
      weekly: ["09", "11", "13"].map((hour) => ({ weekday: 1, start: `${hour}:00`, end: `${hour}:30` })),
      exceptions: [],
    });
    const monday = within(screen.getByRole("listitem", { name: "Monday" }));
    const remove = (number: number) =>
      monday.getByRole("button", { name: `Remove time range ${number} on Monday` });
    await user.click(remove(2));
    expect(remove(2)).toHaveFocus();
    await user.click(remove(2));
    expect(remove(1)).toHaveFocus();
    await user.click(monday.getByRole("button", { name: "Add hours on Monday" }));
    const bars = () => monday.getAllByRole("button", { name: /Arrow keys/ });
    bars()[0]?.focus();
    await user.keyboard("{Delete}");
    expect(bars()).toHaveLength(1);
    expect(bars()[0]).toHaveFocus();
    await user.keyboard("{Delete}");
    await waitFor(() => expect(monday.getByRole("switch")).toHaveFocus());
  });

  it("from a day that is taken out of the list to the next one, and after the last to what adds some", async () => {
    const exceptions = ["2026-12-24", "2026-12-31"].map((date) => ({ date, closed: true }));
    const user = await opened({ weekly: [], exceptions });
    const remove = (name: RegExp) => screen.getByRole("button", { name });
    await user.click(remove(/Use the weekly hours on .*24 December again/));
    expect(remove(/Use the weekly hours on .*31 December again/)).toHaveFocus();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(screen.getByRole("heading", { name: "Several days off" })).toHaveFocus());
  });

  it("from the last special hours of a day to its being closed", async () => {
    const user = await opened({
      weekly: [],
      exceptions: [{ date: "2026-11-30", closed: false, start: "09:00", end: "10:00" }],
    });
    await user.click(screen.getByRole("button", { name: /^Monday,? 30 November, 09:00–10:00$/ }));
    const panel = within(screen.getByRole("region", { name: /^Monday,? 30 November$/ }));
    await user.click(panel.getByRole("button", { name: /Remove time range 1/ }));
    await waitFor(() => expect(panel.getByRole("radio", { name: "Closed" })).toHaveFocus());
  });
});
