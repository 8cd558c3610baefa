import { act, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { signOut } from "@/lib/api/session";
import { consultant, signedIn } from "@/test/people";
import { show } from "@/test/screen";
import { CloseDays } from "./close-days";

function shown() {
  const onChange = vi.fn();
  const { user, unmount } = show(
    <CloseDays exceptions={[]} first="2026-11-27" last="2027-11-27" onChange={onChange} />,
  );
  const type = async (label: string, day: string) => {
    await user.clear(screen.getByLabelText(label));
    await user.type(screen.getByLabelText(label), day);
    await user.tab();
  };
  return {
    user,
    unmount,
    type,
    onChange,
    close: () => screen.getByRole("button", { name: "Close these days" }),
  };
}

it("closes all days from the first to the last", async () => {
  const { user, type, close, onChange } = shown();
  await type("First day", "24/12/2026");
  await type("Last day", "26/12/2026");
  await user.click(close());
  expect(onChange.mock.calls).toEqual([
    [["2026-12-24", "2026-12-25", "2026-12-26"].map((date) => ({ date, spans: [] }))],
  ]);
});

it("says of a last day that was typed before the first why it can’t be", async () => {
  const { type, close } = shown();
  await type("First day", "24/12/2026");
  await type("Last day", "23/12/2026");
  expect(screen.getByText("The last day can’t be before the first.")).toBeVisible();
  expect(close()).toBeDisabled();
});

it.each([
  ["First day", "26/11/2026", "Choose 27 November 2026 or a later day."],
  ["Last day", "28/11/2027", "Choose 27 November 2027 or an earlier day."],
])("says which days can be closed when another one was typed: %s %s", async (label, typed, why) => {
  const { type, close } = shown();
  await type("First day", "24/12/2026");
  await type("Last day", "26/12/2026");
  expect(close()).toBeEnabled();
  await type(label, typed);
  expect(screen.getByText(why)).toBeVisible();
  expect(close()).toBeDisabled();
});

it("days that were chosen when the session ended are there again after logging in", async () => {
  signedIn(consultant);
  const { type, unmount } = shown();
  await type("First day", "24/12/2026");
  await type("Last day", "26/12/2026");
  act(() => signOut(true));
  unmount();
  signedIn(consultant);
  const { user, close, onChange } = shown();
  expect(screen.getByLabelText("First day")).toHaveValue("Thu, 24 Dec 2026");
  await user.click(close());
  expect(onChange.mock.calls[0]?.[0]).toHaveLength(3);
  expect(screen.getByLabelText("Last day")).toHaveValue("");
});
