import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { consultant, signedIn, slot } from "@/test/people";
import { CONFIG, problem, server } from "@/test/server";
import { clickTwice, show } from "@/test/screen";
import { AddTimes } from "./add-times";

const PATH = "/consultants/me/availability";
const taken = slot("2026-03-27T09:00:00Z", "2026-03-27T10:00:00Z", { is_booked: true });

function shown(
  day: string,
  from: number,
  to: number,
  answer: Response | object = { items: [taken, taken] },
  config: object = CONFIG,
) {
  signedIn(consultant);
  const onClose = vi.fn();
  const form = <AddTimes draft={{ day, from, to }} slots={[taken]} zone="Europe/Prague" onClose={onClose} />;
  return { onClose, ...server({ [`POST ${PATH}`]: answer, "GET /config": config }), ...show(form) };
}
const add = () => screen.findByRole("button", { name: "Add" });

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: Date.parse("2026-03-24T08:00:00Z") });
});

describe("adding free times", () => {
  it("cuts them into sessions and repeats them, at the same hour before and after the clocks change", async () => {
    const { user, to, onClose } = shown("2026-03-28", 9 * 60, 11 * 60);
    await user.selectOptions(await screen.findByLabelText("Repeat"), "2 weeks");
    expect(screen.getByText(/4 sessions\. Times are in Prague/)).toBeVisible();
    await user.click(await add());
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    const { slots } = to("POST", PATH)[0]?.body as { slots: { start_time: string }[] };
    expect(slots.map((one) => one.start_time)).toEqual([
      "2026-03-28T08:00:00.000Z",
      "2026-03-28T09:00:00.000Z",
      "2026-04-04T07:00:00.000Z",
      "2026-04-04T08:00:00.000Z",
    ]);
  });

  it("refuses what overlaps, says with what, and sends nothing", async () => {
    const { user, to } = shown("2026-03-27", 10 * 60 + 30, 11 * 60 + 30);
    await user.click(await add());
    expect(screen.getByRole("alert")).toHaveTextContent(
      "This overlaps your booked time from 10:00 to 11:00.",
    );
    expect(to("POST", PATH)).toHaveLength(0);
    fireEvent.change(screen.getByLabelText("From"), { target: { value: "11:00" } });
    fireEvent.change(screen.getByLabelText("Until"), { target: { value: "12:00" } });
    await user.click(await add());
    await waitFor(() => expect(to("POST", PATH)).toHaveLength(1));
  });

  it("says of a typed day in the past that it is past", async () => {
    const { user, to } = shown("2026-03-28", 9 * 60, 10 * 60);
    await user.clear(screen.getByLabelText("Day"));
    await user.type(screen.getByLabelText("Day"), "23/3/2026");
    await user.click(await add());
    expect(await screen.findByRole("alert")).toHaveTextContent("This time has passed.");
    expect(to("POST", PATH)).toHaveLength(0);
  });

  it("offers no session that is shorter than the marketplace's shortest", async () => {
    const config = { ...CONFIG, minimum_slot_seconds: 2700 };
    const { user, to } = shown("2026-03-28", 9 * 60, 9 * 60 + 30, undefined, config);
    const size = screen.getByLabelText<HTMLSelectElement>("Session length");
    await waitFor(() => expect(size).toHaveValue("45"));
    expect([...size.options].map((one) => one.value)).toEqual(["45", "60", "90", "120"]);
    await user.click(await add());
    expect(screen.getByRole("alert")).toHaveTextContent("This is shorter than one session.");
    expect(to("POST", PATH)).toHaveLength(0);
  });

  it("says what only the server knew, and stays open", async () => {
    const { user, onClose } = shown("2026-03-28", 9 * 60, 10 * 60, problem(409, "slot_overlaps"));
    await user.click(await add());
    expect(await screen.findByRole("alert")).toHaveTextContent(
      "overlaps a time that you have already opened",
    );
    expect(onClose).not.toHaveBeenCalled();
  });

  it("takes a complaint back with the next change, whichever field it was about", async () => {
    const { user, to } = shown("2026-03-28", 10 * 60, 11 * 60);
    fireEvent.change(await screen.findByLabelText("Until"), { target: { value: "09:00" } });
    await user.click(await add());
    expect(screen.getByRole("alert")).toHaveTextContent("The end must be after the start.");
    fireEvent.change(screen.getByLabelText("From"), { target: { value: "08:00" } });
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    await user.click(await add());
    await waitFor(() => expect(to("POST", PATH)).toHaveLength(1));
  });

  it("opens times once, however often one clicks, and takes midnight as the end of the day", async () => {
    const { to, onClose } = shown("2026-03-28", 23 * 60, 24 * 60);
    clickTwice(await add());
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(to("POST", PATH).map((one) => one.body)).toEqual([
      { slots: [{ start_time: "2026-03-28T22:00:00.000Z", end_time: "2026-03-28T23:00:00.000Z" }] },
    ]);
  });

  it("opens nothing while the day is none", async () => {
    const { user, to } = shown("2026-03-28", 9 * 60, 10 * 60);
    await user.clear(screen.getByLabelText("Day"));
    await user.type(screen.getByLabelText("Day"), "2/2026");
    await user.click(await add());
    expect(await screen.findByRole("alert")).toHaveTextContent("Enter a date, for example 31/12/2027.");
    expect(to("POST", PATH)).toHaveLength(0);
  });

  it("opens nothing farther ahead than the server takes, also in the last of the weeks", async () => {
    const { user, to } = shown("2027-03-18", 10 * 60, 11 * 60);
    await user.selectOptions(await screen.findByLabelText("Repeat"), "2 weeks");
    await user.click(await add());
    expect(screen.getByRole("alert")).toHaveTextContent("Times can be opened up to 366 days ahead.");
    await user.selectOptions(screen.getByLabelText("Repeat"), "Just this day");
    await user.clear(screen.getByLabelText("Day"));
    await user.type(screen.getByLabelText("Day"), "26/3/2027");
    await user.click(await add());
    expect(await screen.findByRole("alert")).toBeVisible();
    expect(to("POST", PATH)).toHaveLength(0);
  });

  it("takes times up to the last moment that the server takes", async () => {
    const { user, to } = shown("2027-03-25", 9 * 60, 10 * 60);
    await user.click(await add());
    await waitFor(() => expect(to("POST", PATH)).toHaveLength(1));
  });

  it("says what the server found in the times, in words", async () => {
    const errors = [{ field: "slots[0].start_time", message: "Must be in the future.", code: "past" }];
    const { user } = shown("2026-03-28", 9 * 60, 10 * 60, problem(400, "validation_failed", { errors }));
    await user.click(await add());
    expect(await screen.findByRole("alert")).toHaveTextContent("Start: This must be in the future");
  });
});
