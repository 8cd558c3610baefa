import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { signOut, useSession } from "@/lib/api/session";
import { fetchBooking } from "@/features/booking/api";
import { booking, consultant, seeker, signedIn } from "@/test/people";
import { problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { Protected } from "./protected";
import { Component as Login } from "./routes/login";

const routes = [{ path: "/login", element: <Login /> }];

describe("a page for those who are signed in", () => {
  it("sends others to log in, and back afterwards", async () => {
    server({ "POST /users/login": { user: seeker, access_token: "token", expires_in: 900 } });
    const { router, user } = show(<Protected />, { path: "/history", at: "/history?from=x", routes });
    await user.type(await screen.findByLabelText("E-mail"), "sam@example.org");
    await user.type(screen.getByLabelText("Password"), "a few words{Enter}");
    await waitFor(() => expect(router.state.location.pathname).toBe("/history"));
    expect(router.state.location.search).toBe("?from=x");
  });

  it("tells a wrong password from a missing one, and stays", async () => {
    server({ "POST /users/login": problem(401, "invalid_credentials") });
    const { user } = show(<Login />);
    await user.type(screen.getByLabelText("E-mail"), "sam@example.org");
    await user.click(screen.getByRole("button", { name: "Log in" }));
    expect(screen.getByText("Enter your password")).toBeVisible();
    await user.type(screen.getByLabelText("Password"), "wrong{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("is incorrect");
  });

  it("is left when the session was revoked elsewhere, and that is said", async () => {
    server({
      "GET /bookings/:id": problem(401, "unauthenticated"),
      "POST /users/refresh": problem(401, "unauthenticated"),
    });
    signedIn(seeker);
    const { router } = show(<Protected />, { path: "/dashboard", routes });
    await expect(fetchBooking("booking-1")).rejects.toMatchObject({ status: 401 });
    expect(await screen.findByText(/Your session has ended/)).toBeVisible();
    expect(router.state.location.search).toContain("next=%2Fdashboard");
  });

  it("is left in every tab when one logs out, and come back to when one logs in", async () => {
    server({});
    signedIn(seeker);
    const { router } = show(<Protected />, { path: "/account", routes });
    const otherTab = new BroadcastChannel("cc.session");
    otherTab.postMessage({ kind: "out", ended: false });
    expect(await screen.findByRole("button", { name: "Log in" })).toBeVisible();
    expect(screen.queryByText(/Your session has ended/)).not.toBeInTheDocument();
    const session = { user: consultant, access_token: "theirs", expires_in: 900 };
    otherTab.postMessage({ kind: "in", session, expiresAt: Date.now() + 900_000 });
    await waitFor(() => expect(router.state.location.pathname).toBe("/account"));
    expect(useSession.getState()).toMatchObject({ user: { id: consultant.id }, token: "theirs" });
    otherTab.close();
  });

  it("says so to the other role instead of breaking", () => {
    signedIn(consultant);
    show(<Protected only="seeker" />);
    expect(screen.getByText(/This page is for seekers, and you’re signed in as an expert/)).toBeVisible();
  });
});

describe("a call with a token that the server does not take any more", () => {
  it("is made once more with a new one, and nobody notices", async () => {
    const { asked } = server({
      "GET /bookings/:id": ({ headers }) =>
        headers.get("Authorization") === "Bearer newer" ? booking() : problem(401, "unauthenticated"),
      "POST /users/refresh": { user: seeker, access_token: "newer", expires_in: 900 },
    });
    signedIn(seeker);
    await expect(fetchBooking("booking-1")).resolves.toMatchObject({ id: "booking-1" });
    expect(asked.map(({ path }) => path)).toEqual([
      "/bookings/booking-1",
      "/users/refresh",
      "/bookings/booking-1",
    ]);
  });

  it("renews once for many calls at a time", async () => {
    const { to } = server({
      "GET /bookings/:id": ({ headers }) =>
        headers.get("Authorization") === "Bearer newer" ? booking() : problem(401, "unauthenticated"),
      "POST /users/refresh": { user: seeker, access_token: "newer", expires_in: 900 },
    });
    signedIn(seeker);
    await Promise.all(["a", "b", "c"].map((id) => fetchBooking(id)));
    expect(to("POST", "/users/refresh")).toHaveLength(1);
  });

  it("leaves the session alone while the server is down", async () => {
    server({
      "GET /bookings/:id": problem(401, "unauthenticated"),
      "POST /users/refresh": problem(503, "service_unavailable"),
    });
    signedIn(seeker);
    await expect(fetchBooking("booking-1")).rejects.toMatchObject({ status: 503 });
    expect(useSession.getState().status).toBe("in");
    signOut();
  });
});
