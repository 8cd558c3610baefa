import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { seeker, signedIn } from "@/test/people";
import { page, problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { Bell } from "./bell";

const one = (id: string, read_at: string | null) => ({
  id,
  type: "booking.confirmed",
  at: "2026-11-23T10:00:00Z",
  title: `Confirmed ${id}`,
  body: "With <b>Cora</b>",
  link: `/booking/${id}`,
  read_at,
});

it("counts what is unread, shows the newest and leads to it", async () => {
  server({
    "GET /notifications/summary": { unread: 1 },
    "GET /notifications": page(one("b", null), one("a", "2026-11-23T11:00:00Z")),
  });
  signedIn(seeker);
  const { user, router } = show(<Bell />);
  await user.click(await screen.findByRole("button", { name: "Notifications, 1 unread" }));
  const unread = await screen.findByRole("link", { name: /Confirmed b \(unread\)/ });
  expect(unread).toHaveTextContent("With <b>Cora</b>");
  expect(screen.getByRole("link", { name: /Confirmed a/ })).not.toHaveTextContent("unread");
  await user.click(unread);
  expect(router.state.location.pathname).toBe("/booking/b");
});

it("marks everything up to the newest as read", async () => {
  let unread = 2;
  const { to } = server({
    "GET /notifications/summary": () => ({ unread }),
    "GET /notifications": () => page(one("b", unread ? null : "2026-11-23T11:00:00Z")),
    "POST /notifications/read": () => {
      unread = 0;
      return null;
    },
  });
  signedIn(seeker);
  const { user } = show(<Bell />);
  await user.click(await screen.findByRole("button", { name: "Notifications, 2 unread" }));
  await user.click(await screen.findByRole("button", { name: "Mark all read" }));
  expect(await screen.findByRole("button", { name: "Notifications" })).toBeVisible();
  expect(to("POST", "/notifications/read")[0]?.body).toEqual({ up_to: "b" });
  // The button is gone; the keyboard is not.
  expect(screen.getByRole("dialog")).toContainElement(document.activeElement as HTMLElement);
});

it("marks a notification that is opened as read, and only that one", async () => {
  const read = new Set<string>();
  const { to } = server({
    "GET /notifications/summary": () => ({ unread: 2 - read.size }),
    "GET /notifications": () => page(one("b", read.has("b") ? "2026-11-23T11:00:00Z" : null), one("a", null)),
    "POST /notifications/read": ({ body }) => {
      for (const id of (body as { ids: string[] }).ids) read.add(id);
      return null;
    },
  });
  signedIn(seeker);
  const { user } = show(<Bell />, { path: "*", at: "/dashboard" });
  await user.click(await screen.findByRole("button", { name: "Notifications, 2 unread" }));
  await user.click(await screen.findByRole("link", { name: /Confirmed b/ }));
  expect(await screen.findByRole("button", { name: "Notifications, 1 unread" })).toBeVisible();
  expect(to("POST", "/notifications/read").map(({ body }) => body)).toEqual([{ ids: ["b"] }]);
  await user.click(screen.getByRole("button", { name: "Notifications, 1 unread" }));
  await user.click(await screen.findByRole("link", { name: /^Confirmed b(?!.*unread)/ }));
  expect(to("POST", "/notifications/read")).toHaveLength(1);
});

it("leads on to older ones", async () => {
  server({
    "GET /notifications/summary": { unread: 0 },
    "GET /notifications": ({ query }) =>
      query.get("cursor") === "older"
        ? page(one("a", "2026-11-23T11:00:00Z"))
        : { items: [one("b", "2026-11-23T11:00:00Z")], next_cursor: "older" },
  });
  signedIn(seeker);
  const { user } = show(<Bell />);
  await user.click(await screen.findByRole("button", { name: "Notifications" }));
  await user.click(await screen.findByRole("button", { name: "Show older notifications" }));
  expect(await screen.findByRole("link", { name: /Confirmed a/ })).toBeVisible();
  expect(screen.getByRole("link", { name: /Confirmed b/ })).toBeVisible();
  expect(screen.queryByRole("button", { name: "Show older notifications" })).not.toBeInTheDocument();
});

it("says when there is nothing, and when the list cannot be had", async () => {
  server({ "GET /notifications/summary": { unread: 0 }, "GET /notifications": page() });
  signedIn(seeker);
  const { user } = show(<Bell />);
  await user.click(await screen.findByRole("button", { name: "Notifications" }));
  expect(await screen.findByText("Nothing yet.")).toBeVisible();
});

it("can be asked again after a failure", async () => {
  server({
    "GET /notifications/summary": { unread: 0 },
    "GET /notifications": problem(503, "service_unavailable"),
  });
  signedIn(seeker);
  const { user } = show(<Bell />);
  await user.click(await screen.findByRole("button", { name: "Notifications" }));
  expect(await screen.findByRole("button", { name: "Try again" })).toBeVisible();
});

it("opened by keyboard, it begins above the list, before this has come", async () => {
  server({
    "GET /notifications/summary": { unread: 1 },
    "GET /notifications": page(one("b", null)),
  });
  signedIn(seeker);
  const { user } = show(<Bell />);
  (await screen.findByRole("button", { name: "Notifications, 1 unread" })).focus();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(screen.getByText("Notifications", { selector: "p" })).toHaveFocus());
  await screen.findByRole("link", { name: /Confirmed b/ });
  await user.tab();
  expect(screen.getByRole("button", { name: "Mark all read" })).toHaveFocus();
});
