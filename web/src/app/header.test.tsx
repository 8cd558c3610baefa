import { act, screen, waitFor } from "@testing-library/react";
import { type ReactNode, useEffect } from "react";
import { beforeEach, expect, it } from "vitest";
import { LeaveGuard } from "@/components/ui/leave-guard";
import { Outbox } from "@/features/call/outbox";
import { useSession } from "@/lib/api/session";
import { sendSignal } from "@/lib/signals";
import { consultant, signedIn } from "@/test/people";
import { page, server } from "@/test/server";
import { show } from "@/test/screen";
import { Header } from "./header";

const isSignedIn = () => useSession.getState().status === "in";

function opened(dirty: boolean, content: ReactNode = null) {
  const api = server({
    "GET /bookings/me": page(),
    "GET /consultants/:id/profile": null,
    "GET /notifications/summary": { unread: 0 },
    "POST /users/logout": null,
    "POST /bookings/:id/signals": null,
  });
  signedIn(consultant);
  const screens = (
    <>
      <Header />
      <LeaveGuard dirty={dirty} />
      {content}
    </>
  );
  const shown = show(screens, { path: "/profile", routes: [{ path: "/", element: <Header /> }] });
  return { ...api, ...shown };
}
const logOut = () => screen.getByRole("button", { name: "Log out" });

beforeEach(() => localStorage.clear());

it("logging out leads to the start page, and coming back to it does not do it again", async () => {
  const { user, router, to } = opened(false);
  await user.click(logOut());
  await waitFor(() => expect(to("POST", "/users/logout")).toHaveLength(1));
  expect(router.state.location).toMatchObject({ pathname: "/", state: null });
  expect(isSignedIn()).toBe(false);
  act(() => void signedIn(consultant));
  await act(() => router.navigate("/profile"));
  await act(() => router.navigate(-1));
  expect(isSignedIn()).toBe(true);
});

it("logging out asks before unsaved changes are lost, and waits for the answer", async () => {
  const { user, router, to } = opened(true);
  await user.click(logOut());
  expect(await screen.findByText("Leave without saving?")).toBeVisible();
  expect(isSignedIn()).toBe(true);
  await user.click(screen.getByRole("button", { name: "Keep editing" }));
  expect(router.state.location.pathname).toBe("/profile");
  expect(isSignedIn()).toBe(true);
  await user.click(logOut());
  await user.click(await screen.findByRole("button", { name: "Leave" }));
  await waitFor(() => expect(to("POST", "/users/logout")).toHaveLength(1));
  expect(isSignedIn()).toBe(false);
});

it("a name that is too long for the bar can be read to its end", () => {
  opened(false);
  expect(screen.getByRole("link", { name: "Cora Consult" })).toHaveAttribute("title", "Cora Consult");
});

it.each([
  ["/", ""],
  ["/forgot-password", ""],
  ["/reset-password", ""],
  ["/verify-email", ""],
  ["/experts/cora?day=2026-12-01", "?next=%2Fexperts%2Fcora%3Fday%3D2026-12-01"],
  ["/login", ""],
  ["/login?next=%2Fbooking%2Fx", "?next=%2Fbooking%2Fx"],
  ["/register?role=consultant&next=%2Fprofile", "?role=consultant&next=%2Fprofile"],
])("on %s a visitor logs in and signs up with %s", (at, query) => {
  server({});
  show(<Header />, { path: "*", at });
  expect(screen.getByRole("link", { name: "Log in" })).toHaveAttribute("href", `/login${query}`);
  expect(screen.getByRole("link", { name: "Sign up" })).toHaveAttribute("href", `/register${query}`);
});

/** Says goodbye when it is left, as a call does. */
function Call() {
  useEffect(() => {
    const outbox = new Outbox(
      () => "page",
      (signal) => sendSignal("booking-1", signal, true),
    );
    return () => outbox.add(null, { type: "bye" });
  }, []);
  return null;
}

it("logging out lets the page that is left say goodbye while it is signed in", async () => {
  const { user, to } = opened(false, <Call />);
  await user.click(logOut());
  await waitFor(() => expect(to("POST", "/users/logout")).toHaveLength(1));
  const [bye] = to("POST", "/bookings/booking-1/signals");
  expect(bye?.headers.get("Authorization")).toMatch(/^Bearer ./);
});
