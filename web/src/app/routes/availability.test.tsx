import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import i18next from "i18next";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { signOut } from "@/lib/api/session";
import { useLocale } from "@/lib/i18n/locale";
import { consultant, signedIn, slot } from "@/test/people";
import { page, server } from "@/test/server";
import { show } from "@/test/screen";
import { Component as Availability } from "./availability";

/** A device on which these media queries hold. */
function deviceWith(...features: string[]) {
  vi.stubGlobal("matchMedia", (media: string) => ({
    media,
    matches: features.some((one) => media.includes(one)),
    addEventListener: () => {},
    removeEventListener: () => {},
  }));
}

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: Date.parse("2026-11-24T08:00:00Z") });
  signedIn(consultant);
  server({
    "GET /consultants/me/availability": page(slot("2026-11-26T09:00:00Z", "2026-11-26T10:00:00Z")),
    "GET /bookings/me": page(),
  });
});

describe("the calendar of free times", () => {
  it("on a phone has a button for each of the seven days, and shows the one that is picked", async () => {
    deviceWith("max-width: 43.75em");
    const { user } = show(<Availability />);
    const days = within(await screen.findByRole("group", { name: "Days of the week" }));
    expect(days.getAllByRole("button").map((one) => one.textContent)).toEqual([
      "Mon23",
      "Tue24",
      "Wed25",
      "Thu26",
      "Fri27",
      "Sat28",
      "Sun29",
    ]);
    expect(days.getByRole("button", { name: /^Tuesday,? 24 November$/ })).toHaveAttribute(
      "aria-pressed",
      "true",
    );
    expect(screen.queryByRole("button", { name: /10:00–11:00/ })).not.toBeInTheDocument();
    await user.click(days.getByRole("button", { name: /^Thursday/ }));
    expect(screen.getByRole("button", { name: /Thursday.*10:00–11:00/ })).toBeVisible();
  });

  it("says of a time that has begun that nobody booked it, and offers no way to remove it", async () => {
    vi.setSystemTime(Date.parse("2026-11-26T09:30:00Z"));
    signedIn(consultant);
    server({
      "GET /consultants/me/availability": page(
        slot("2026-11-25T09:00:00Z", "2026-11-25T10:00:00Z", { is_booked: true }),
        slot("2026-11-26T09:00:00Z", "2026-11-26T10:00:00Z"),
        slot("2026-11-26T10:00:00Z", "2026-11-26T11:00:00Z"),
      ),
      "GET /bookings/me": page(),
    });
    const { user } = show(<Availability />);
    expect(await screen.findByRole("button", { name: /11:00–12:00 ?Available/ })).toBeVisible();
    expect(screen.getByRole("button", { name: /10:00–11:00 ?Booked/ })).toBeVisible();
    await user.click(screen.getByRole("button", { name: /10:00–11:00 ?Past, not booked/ }));
    const dialog = within(await screen.findByRole("dialog", { name: "Past time" }));
    expect(dialog.getByText(/Nobody has booked it/)).toBeVisible();
    expect(dialog.queryByRole("button", { name: "Remove" })).not.toBeInTheDocument();
  });

  it("leaves the focus to the next time when one is removed, and to the calendar after the last", async () => {
    let slots = [
      slot("2026-11-26T09:00:00Z", "2026-11-26T10:00:00Z"),
      slot("2026-11-27T10:00:00Z", "2026-11-27T11:00:00Z"),
    ];
    server({
      "GET /consultants/me/availability": () => page(...slots),
      "DELETE /consultants/me/availability/:id": () => {
        slots = slots.slice(1);
        return null as never;
      },
      "GET /bookings/me": page(),
    });
    const { user } = show(<Availability />);
    const remove = async (name: RegExp) => {
      await user.click(await screen.findByRole("button", { name }));
      const dialog = within(await screen.findByRole("dialog", { name: "Available time" }));
      await user.click(dialog.getByRole("button", { name: "Remove" }));
    };
    await remove(/10:00–11:00/);
    await waitFor(() => expect(screen.getByRole("button", { name: /11:00–12:00/ })).toHaveFocus());
    await remove(/11:00–12:00/);
    await waitFor(() => expect(screen.getByRole("group", { name: "Week calendar" })).toHaveFocus());
  });

  it("tells a finger to tap, and a mouse to drag", async () => {
    deviceWith("pointer: coarse");
    const { unmount } = show(<Availability />);
    expect(await screen.findByText(/^Tap an empty slot/)).toBeVisible();
    expect(screen.queryByText(/drag|click/i)).not.toBeInTheDocument();
    unmount();
    deviceWith();
    show(<Availability />);
    expect(await screen.findByText(/^Drag on the calendar/)).toBeVisible();
  });
});

it("new times that were typed when the session ended are there again after logging in", async () => {
  const page = () => show(<Availability />);
  const { user, unmount } = page();
  await user.click(await screen.findByRole("button", { name: "Add times" }));
  fireEvent.change(await screen.findByLabelText("Until"), { target: { value: "11:30" } });
  await user.selectOptions(screen.getByLabelText("Repeat"), "4 weeks");
  act(() => signOut(true));
  unmount();
  signedIn(consultant);
  const second = page();
  expect(await screen.findByLabelText("Until")).toHaveValue("11:30");
  expect(screen.getByLabelText("Repeat")).toHaveValue("4");
  second.unmount();
  page();
  expect(await screen.findByRole("group", { name: "Week calendar" })).toBeVisible();
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
});

it("the calendar of free times has the weeks of the language that is chosen while it is open", async () => {
  const { unmount } = show(<Availability />);
  const range = () => screen.getByRole("heading", { level: 2 });
  await waitFor(() => expect(range()).toHaveTextContent("23 November – 29 November 2026"));
  await act(async () => {
    useLocale.setState({ language: "en", locale: "en-US" });
    await i18next.changeLanguage("de");
  });
  await waitFor(() => expect(range()).toHaveTextContent("November 22 – November 28, 2026"));
  expect(screen.getByRole("button", { name: "This week" })).toBeDisabled();
  unmount();
  useLocale.setState({ language: "en", locale: "en-GB" });
  await i18next.changeLanguage("en");
});
