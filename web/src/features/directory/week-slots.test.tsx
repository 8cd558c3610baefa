import { screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { expert, slot } from "@/test/people";
import { page, problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { WeekSlots } from "./week-slots";

const PATH = "/consultants/consultant-1/availability";

function shown(zone: string, start: string) {
  const onWeek = vi.fn();
  const onChoose = vi.fn();
  const slots = (
    <WeekSlots expert={expert} zone={zone} start={start} onWeek={onWeek} chosen={null} onChoose={onChoose} />
  );
  return { onWeek, onChoose, ...show(slots) };
}

/** What stands under a day: "Sun" → ["01:30–02:30"]. */
async function under(day: string) {
  await screen.findAllByRole("button", { name: /€/ });
  const item = screen
    .getAllByRole("listitem")
    .find((one) => within(one).getByRole("heading").textContent?.startsWith(day));
  return within(item as HTMLElement)
    .queryAllByRole("button")
    .map((button) => button.textContent?.slice(0, 11));
}

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: Date.parse("2026-03-24T08:00:00Z") });
});

describe("an expert's week", () => {
  it("stands on the days of the viewer's zone, which is named", async () => {
    const late = slot("2026-03-25T23:30:00Z", "2026-03-26T00:30:00Z");
    server({ [`GET ${PATH}`]: page(late) });
    shown("America/Los_Angeles", "2026-03-23");
    expect(await under("Wed")).toEqual(["16:30–17:30"]);
    expect(screen.getByText(/Times in Los Angeles, GMT-7/)).toBeVisible();
  });

  it("keeps its hours right through the night in which the clocks change", async () => {
    // In Prague 02:00 is skipped on Sunday, 29 March 2026: these three follow each other without a gap.
    const night = page(
      slot("2026-03-29T00:00:00Z", "2026-03-29T00:30:00Z"),
      slot("2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z"),
      slot("2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"),
    );
    const { asked } = server({ [`GET ${PATH}`]: night });
    shown("Europe/Prague", "2026-03-23");
    expect(await under("Sun")).toEqual(["01:00–01:30", "01:30–03:00", "03:00–03:30"]);
    // The week itself is an hour shorter: it ends at 22:00 UTC, having begun before at 23:00.
    expect(asked[0]?.query.get("to")).toBe("2026-03-29T22:00:00.000Z");
  });

  it("names the offset of the week that is shown, not of today", async () => {
    server({ [`GET ${PATH}`]: page() });
    shown("Europe/Prague", "2026-03-30");
    expect(await screen.findByText("Times in Prague, GMT+2")).toBeVisible();
  });

  it("is used by keyboard: weeks, then times, each with its day and price", async () => {
    const one = slot("2026-03-26T09:00:00Z", "2026-03-26T09:45:00Z");
    server({ [`GET ${PATH}`]: page(one) });
    const { user, onChoose, onWeek } = shown("UTC", "2026-03-23");
    const time = await screen.findByRole("button", {
      name: /^09:00\s?–09:45\s?, Thursday,? 26 March, €90\.00$/,
    });
    expect(screen.getByRole("button", { name: "Previous week" })).toBeDisabled();
    await user.tab();
    expect(screen.getByRole("button", { name: "Next week" })).toHaveFocus();
    await user.keyboard("{Enter}");
    expect(onWeek).toHaveBeenCalledWith("2026-03-30");
    await user.tab();
    expect(time).toHaveFocus();
    await user.keyboard(" ");
    expect(onChoose).toHaveBeenCalledWith(one);
  });

  it("leads from an empty week to the next one with a free time", async () => {
    server({ [`GET ${PATH}`]: page() });
    const onWeek = vi.fn();
    const later = { ...expert, next_available_at: "2026-04-15T09:00:00Z" };
    const { user } = show(
      <WeekSlots
        expert={later}
        zone="UTC"
        start="2026-03-23"
        onWeek={onWeek}
        chosen={null}
        onChoose={vi.fn()}
      />,
    );
    await user.click(
      await screen.findByRole("button", { name: "Go to the next available time, Wed 15 Apr" }),
    );
    expect(onWeek).toHaveBeenCalledWith("2026-04-13");
  });

  it("can be asked for again when it could not be loaded", async () => {
    let down = true;
    const answer = page(slot("2026-03-26T09:00:00Z", "2026-03-26T10:00:00Z"));
    server({ [`GET ${PATH}`]: () => (down ? problem(503, "service_unavailable") : answer) });
    const { user } = shown("UTC", "2026-03-23");
    expect(await screen.findByRole("alert")).toHaveTextContent("could not be loaded");
    down = false;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await under("Thu")).toEqual(["09:00–10:00"]);
  });
});
