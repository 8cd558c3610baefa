import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { consultant, expert, signedIn } from "@/test/people";
import { problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { FirstSteps } from "./first-steps";
import { missing } from "./steps";

const none = problem(404, "not_found");

function shown(more: Record<string, object> = {}, verified = true) {
  signedIn({ ...consultant, email_verified: verified });
  server({
    "GET /consultants/consultant-1/profile": none,
    "GET /consultants/me/availability/rules": problem(404, "no_rules"),
    "GET /payments/connect-account": none,
    ...more,
  });
  return show(
    <>
      <FirstSteps />
      <p>The dashboard</p>
    </>,
  );
}

describe("first steps", () => {
  it("show a new consultant everything that is missing, each with a way to it", async () => {
    shown({}, false);
    const guide = within(await screen.findByRole("region", { name: "First steps" }));
    expect(guide.getByText("0 of 4 done")).toBeVisible();
    const links = guide.getAllByRole("link").map((link) => link.getAttribute("href"));
    expect(links).toEqual(["/account", "/profile", "/availability/hours", "/payouts"]);
  });

  it("tick off what is done; times opened by hand are hours too", async () => {
    shown({
      "GET /consultants/consultant-1/profile": { ...expert, next_available_at: "2026-11-30T09:00:00Z" },
    });
    const guide = within(await screen.findByRole("region", { name: "First steps" }));
    expect(guide.getByText("3 of 4 done")).toBeVisible();
    expect(guide.getByText("Your profile is in the directory")).toBeVisible();
    expect(guide.getByRole("link", { name: "Set up payouts" })).toBeVisible();
    expect(guide.queryByRole("link", { name: "Set hours" })).not.toBeInTheDocument();
  });

  it("go when all is done", async () => {
    shown({
      "GET /consultants/consultant-1/profile": { ...expert, next_available_at: "2026-11-30T09:00:00Z" },
      "GET /payments/connect-account": { account_id: "acct", status: "active", requirements: [] },
    });
    expect(await screen.findByText("The dashboard")).toBeVisible();
    expect(screen.queryByRole("region", { name: "First steps" })).not.toBeInTheDocument();
  });

  it("name what is missing, in order", () => {
    const all = { email_verified: true, profile: true, hours: true, payouts: true };
    expect(missing(all)).toEqual([]);
    expect(missing({ ...all, payouts: false, profile: false })).toEqual(["profile", "payouts"]);
  });
});
