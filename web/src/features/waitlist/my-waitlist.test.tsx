import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { page, problem, server } from "@/test/server";
import { seeker, signedIn } from "@/test/people";
import { show } from "@/test/screen";
import { MyWaitlist } from "./my-waitlist";

const entry = (id: string, first_name: string) => ({
  id: `entry-${id}`,
  consultant_id: id,
  consultant: { id, first_name, last_name: "Known" },
  from: "2026-11-26T23:00:00Z",
  to: "2026-12-26T23:00:00Z",
  created_at: "2026-11-27T08:00:00Z",
  told_at: null,
});

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: Date.parse("2026-11-27T08:00:00Z") });
  signedIn(seeker);
});

it("lists for whom one waits and until when, and lets one leave", async () => {
  let entries = [entry("cora", "Cora"), entry("carl", "Carl")];
  const { to } = server({
    "GET /consultants/me/waitlist": () => page(...entries),
    "DELETE /consultants/:id/waitlist": () => {
      entries = entries.slice(1);
      return null as never;
    },
  });
  const { user } = show(<MyWaitlist />);
  const list = within(await screen.findByRole("region", { name: "Waiting for a time" }));
  const [cora] = list.getAllByRole("listitem");
  expect(cora).toHaveTextContent(/Cora Known.*27 Nov.* – .*26 Dec/);
  expect(list.getByRole("link", { name: "Cora Known" })).toHaveAttribute("href", "/experts/cora");
  await user.click(list.getByRole("button", { name: "Leave waitlist for Cora Known" }));
  await waitFor(() => expect(list.getAllByRole("listitem")).toHaveLength(1));
  expect(to("DELETE", "/consultants/cora/waitlist")).toHaveLength(1);
  expect(list.getByRole("button", { name: "Leave waitlist for Carl Known" })).toHaveFocus();
});

it("can be asked for again when it did not load", async () => {
  const answers = [problem(503, "service_unavailable"), page(entry("cora", "Cora"))];
  server({ "GET /consultants/me/waitlist": () => answers.shift() ?? page() });
  const { user } = show(<MyWaitlist />);
  const list = within(await screen.findByRole("region", { name: "Waiting for a time" }));
  await user.click(list.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("link", { name: "Cora Known" })).toBeVisible();
});

it("is not there for somebody who waits for nobody", async () => {
  const { to } = server({ "GET /consultants/me/waitlist": page() });
  show(<MyWaitlist />);
  await waitFor(() => expect(to("GET", "/consultants/me/waitlist")).toHaveLength(1));
  expect(screen.queryByText("Waiting for a time")).not.toBeInTheDocument();
});
