import { act, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { keys } from "@/lib/query-keys";
import { consultant, signedIn } from "@/test/people";
import { page, server } from "@/test/server";
import { show } from "@/test/screen";
import { Component as Hours } from "./availability-hours";

const RULES = {
  time_zone: "Europe/Prague",
  weekly: [{ weekday: 1, start: "09:00", end: "12:00" }],
  slot_minutes: 60,
  buffer_minutes: 0,
  minimum_notice_minutes: 0,
  horizon_days: 60,
  daily_limit: null,
  exceptions: [],
  slots: 24,
  next_slot: "2026-11-30T08:00:00Z",
  warnings: [],
};

it("the form starts from the hours as they are now, not as they were known before", async () => {
  server({
    "GET /consultants/me/availability/rules": { ...RULES, slot_minutes: 30 },
    "GET /consultants/consultant-1/availability": page(),
  });
  signedIn(consultant);
  const { queries, router } = show(<Hours />, {
    path: "/hours",
    at: "/",
    routes: [{ path: "/", element: <p>Home</p> }],
  });
  queries.setQueryData(keys.rules, RULES);
  await act(() => router.navigate("/hours"));
  expect(await screen.findByLabelText("Session length")).toHaveValue("30");
  expect(screen.queryByText("You have unsaved changes.")).not.toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Save hours" })).toBeDisabled();
});
