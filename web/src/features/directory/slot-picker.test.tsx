import { screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { slot } from "@/test/people";
import { page, problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { SlotPicker } from "./slot-picker";

const PATH = "/consultants/consultant-1/availability";

function shown(zone: string, more: { day?: string; nextAt?: string } = {}) {
  const on = { onZone: vi.fn(), onDay: vi.fn(), onChoose: vi.fn() };
  const picker = (
    <SlotPicker
      expertId="consultant-1"
      zone={zone}
      day={more.day ?? null}
      nextAt={more.nextAt ?? null}
      chosen={null}
      note={() => "€90.00"}
      {...on}
    />
  );
  return { ...on, ...show(picker) };
}

/** The times of the day that is shown: ["01:30–02:30"]. */
async function times() {
  return (await screen.findAllByRole("button", { name: /€90\.00/ })).map(
    (button) => (button.textContent ?? "").split(", ")[0],
  );
}

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: Date.parse("2026-03-24T08:00:00Z") });
});

describe("an expert's free times", () => {
  it("stand on the days of the chosen zone, which each of them names", async () => {
    server({ [`GET ${PATH}`]: page(slot("2026-03-25T23:30:00Z", "2026-03-26T00:30:00Z")) });
    shown("America/Los_Angeles");
    expect(
      await screen.findByRole("button", {
        name: /^16:30\s?–17:30\s*, Wednesday,? 25 March, Los Angeles, GMT-7, €90\.00$/,
      }),
    ).toBeVisible();
    expect(screen.getByRole("heading", { level: 3 })).toHaveTextContent(/Wednesday,? 25 March/);
  });

  it("are read out when one looks at another month, but not as the page comes", async () => {
    server({
      [`GET ${PATH}`]: ({ query }) =>
        page(
          query.get("to") === "2026-04-01T00:00:00.000Z"
            ? slot("2026-03-25T10:00:00Z", "2026-03-25T11:00:00Z")
            : slot("2026-04-14T12:00:00Z", "2026-04-14T13:00:00Z"),
        ),
    });
    const { user } = shown("UTC");
    // A live region that is empty at first would read out all that comes into it.
    expect(document.querySelector("[aria-live]")).toBeNull();
    expect(await times()).toEqual(["10:00–11:00"]);
    const region = document.querySelector("[aria-live=polite]");
    await user.click(screen.getByRole("button", { name: "Next month" }));
    expect((await screen.findByRole("button", { name: /^12:00/ })).closest("[aria-live]")).toBe(region);
  });

  it("keep their hours right through the night in which the clocks are put forward", async () => {
    // In Prague 02:00 is skipped on Sunday, 29 March 2026: these three follow each other without a gap.
    const { asked } = server({
      [`GET ${PATH}`]: page(
        slot("2026-03-29T00:00:00Z", "2026-03-29T00:30:00Z"),
        slot("2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z"),
        slot("2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"),
      ),
    });
    shown("Europe/Prague", { day: "2026-03-29" });
    expect(await times()).toEqual(["01:00–01:30", "01:30–03:00", "03:00–03:30"]);
    // The month is an hour shorter than its days.
    expect(asked[0]?.query.get("from")).toBe("2026-02-28T23:00:00.000Z");
    expect(asked[0]?.query.get("to")).toBe("2026-03-31T22:00:00.000Z");
  });

  it("that begin at the same hour of the clock are told apart when it is put back", async () => {
    vi.setSystemTime(Date.parse("2026-10-20T08:00:00Z"));
    server({
      [`GET ${PATH}`]: page(
        slot("2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"),
        slot("2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"),
      ),
    });
    shown("Europe/Prague", { day: "2026-10-25" });
    expect(await times()).toEqual(["02:00–02:00 (GMT+2)", "02:00–03:00 (GMT+1)"]);
  });

  it("are found day by day: days without any cannot be chosen", async () => {
    server({
      [`GET ${PATH}`]: page(
        slot("2026-03-26T09:00:00Z", "2026-03-26T10:00:00Z"),
        slot("2026-03-26T10:00:00Z", "2026-03-26T11:00:00Z"),
        slot("2026-03-30T09:00:00Z", "2026-03-30T10:00:00Z"),
      ),
    });
    const { user, onDay, onChoose } = shown("UTC");
    // The first day with a time is open already.
    expect(await times()).toEqual(["09:00–10:00", "10:00–11:00"]);
    expect(screen.getByRole("button", { name: /^Thursday,? 26 March, 2 times$/ })).toBeEnabled();
    expect(screen.getByRole("button", { name: /^Friday,? 27 March, no times$/ })).toBeDisabled();
    await user.click(screen.getByRole("button", { name: /^Monday,? 30 March, 1 time$/ }));
    expect(onDay).toHaveBeenCalledWith("2026-03-30");
    await user.click(screen.getByRole("button", { name: /^09:00/ }));
    expect(onChoose).toHaveBeenCalledWith(expect.objectContaining({ id: "2026-03-26T09:00:00Z" }));
  });

  it("of a day that was picked are said to be gone, rather than another day's shown", async () => {
    server({ [`GET ${PATH}`]: page(slot("2026-03-30T09:00:00Z", "2026-03-30T10:00:00Z")) });
    shown("UTC", { day: "2026-03-26" });
    expect(await screen.findByText("No times are left on this day.")).toBeVisible();
    expect(screen.queryByRole("button", { name: /€90/ })).not.toBeInTheDocument();
  });

  it("are browsed by month, and an empty one leads to the next free time", async () => {
    const { to } = server({ [`GET ${PATH}`]: page() });
    const { user, onDay } = shown("UTC", { day: "2026-03-26", nextAt: "2026-05-15T09:00:00Z" });
    await user.click(await screen.findByRole("button", { name: "Next month" }));
    expect(await screen.findByText("No available times in April 2026.")).toBeVisible();
    expect(to("GET", PATH).at(-1)?.query.get("from")).toBe("2026-04-01T00:00:00.000Z");
    await user.click(screen.getByRole("button", { name: /^Go to the next available time, Fri,? 15 May$/ }));
    expect(onDay).toHaveBeenCalledWith("2026-05-15");
  });

  it("are shown in another zone, which is found by its place", async () => {
    server({ [`GET ${PATH}`]: page() });
    const { user, onZone } = shown("Asia/Calcutta");
    const field = await screen.findByRole("combobox", { name: "Time zone" });
    expect(field).toHaveValue("Kolkata (Asia)");
    await user.click(field);
    await user.clear(field);
    await user.type(field, "New York");
    const options = within(await screen.findByRole("listbox")).getAllByRole("option");
    expect(options).toHaveLength(1);
    await user.keyboard("{Enter}");
    expect(onZone).toHaveBeenCalledWith("America/New_York");
  });

  it("can be asked for again when they could not be loaded", async () => {
    let down = true;
    const answer = page(slot("2026-03-26T09:00:00Z", "2026-03-26T10:00:00Z"));
    server({ [`GET ${PATH}`]: () => (down ? problem(503, "service_unavailable") : answer) });
    const { user } = shown("UTC");
    expect(await screen.findByRole("alert")).toHaveTextContent("could not be loaded");
    down = false;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await times()).toEqual(["09:00–10:00"]);
  });
});
