import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { useSession } from "@/lib/api/session";
import { EmailBanner } from "@/features/session/email-banner";
import { Sessions } from "@/features/session/sessions";
import { consultant, seeker, signedIn } from "@/test/people";
import { page, problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { Component as Forgot } from "./forgot-password";
import { Component as Reset } from "./reset-password";
import { Component as Verify } from "./verify-email";

describe("a verification link", () => {
  const at = "/verify-email#token=abc";

  it("does nothing by itself; its button confirms the address", async () => {
    const { to } = server({
      "POST /users/verify-email": null,
      "GET /users/me": { ...seeker, email_verified: true },
    });
    signedIn({ ...seeker, email_verified: false });
    const { user } = show(<Verify />, { path: "/verify-email", at });
    expect(to("POST", "/users/verify-email")).toHaveLength(0);
    await user.click(screen.getByRole("button", { name: "Confirm address" }));
    expect(await screen.findByText("Your e-mail address is confirmed.")).toBeVisible();
    expect(to("POST", "/users/verify-email")[0]?.body).toEqual({ token: "abc" });
    expect(useSession.getState().user?.email_verified).toBe(true);
  });

  it("has done its work also when the account cannot be asked for afterwards", async () => {
    server({ "POST /users/verify-email": null, "GET /users/me": problem(503, "service_unavailable") });
    signedIn({ ...seeker, email_verified: false });
    const { user } = show(<Verify />, { path: "/verify-email", at });
    await user.click(screen.getByRole("button", { name: "Confirm address" }));
    expect(await screen.findByText("Your e-mail address is confirmed.")).toBeVisible();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  it("that has done its work is not offered again to who goes back to it", async () => {
    const { to } = server({ "POST /users/verify-email": null });
    const { user, router } = show(<Verify />, { path: "/verify-email", at });
    await user.click(screen.getByRole("button", { name: "Confirm address" }));
    await user.click(await screen.findByRole("link", { name: "Log in" }));
    expect(await screen.findByText("Elsewhere")).toBeVisible();
    await act(() => router.navigate(-1));
    expect(await screen.findByText("Your e-mail address is confirmed.")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Confirm address" })).not.toBeInTheDocument();
    expect(router.state.location.hash).toBe("");
    expect(to("POST", "/users/verify-email")).toHaveLength(1);
  });

  it("does not take back who has gone on before its answer came", async () => {
    let answer: (reply: null) => void = () => undefined;
    const { to } = server({ "POST /users/verify-email": () => new Promise<null>((done) => (answer = done)) });
    const { user, router } = show(<Verify />, { path: "/verify-email", at });
    await user.click(screen.getByRole("button", { name: "Confirm address" }));
    await waitFor(() => expect(to("POST", "/users/verify-email")).toHaveLength(1));
    await act(() => router.navigate("/find"));
    answer(null);
    await act(() => new Promise<void>((done) => setTimeout(done)));
    expect(router.state.location.pathname).toBe("/find");
  });

  it("that is used or expired says so", async () => {
    server({ "POST /users/verify-email": problem(400, "invalid_token") });
    const { user } = show(<Verify />, { path: "/verify-email", at });
    await user.click(screen.getByRole("button", { name: "Confirm address" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("This link has expired or was already used");
  });

  it("without its token says what to do", () => {
    show(<Verify />, { path: "/verify-email", at: "/verify-email" });
    expect(screen.getByText(/This link is incomplete/)).toBeVisible();
  });
});

describe("a forgotten password", () => {
  it("is answered the same for every address", async () => {
    const { to } = server({ "POST /users/password-reset": new Response(null, { status: 202 }) });
    const { user } = show(<Forgot />);
    await user.click(screen.getByRole("button", { name: "Send link" }));
    expect(screen.getByText("Enter your e-mail address")).toBeVisible();
    await user.type(screen.getByLabelText("E-mail"), " sam@example.org{Enter}");
    expect(await screen.findByText(/If sam@example.org has an account/)).toBeVisible();
    expect(to("POST", "/users/password-reset")[0]?.body).toEqual({ email: "sam@example.org" });
  });

  it("is replaced by the link's page", async () => {
    const { to } = server({ "POST /users/password-reset/confirm": null });
    const { user } = show(<Reset />, { path: "/reset-password", at: "/reset-password#token=t%2B1" });
    await user.type(screen.getByLabelText("New password"), "short{Enter}");
    expect(screen.getByText("At least 10 characters")).toBeVisible();
    await user.type(screen.getByLabelText("New password"), " but longer{Enter}");
    expect(await screen.findByText("Your password is changed.")).toBeVisible();
    expect(to("POST", "/users/password-reset/confirm")[0]?.body).toEqual({
      token: "t+1",
      new_password: "short but longer",
    });
  });
});

it("a new password is not asked for again of who goes back from logging in with it", async () => {
  server({ "POST /users/password-reset/confirm": null });
  const { user, router } = show(<Reset />, { path: "/reset-password", at: "/reset-password#token=t" });
  await user.type(screen.getByLabelText("New password"), "a few new words{Enter}");
  await user.click(await screen.findByRole("link", { name: "Log in with the new password" }));
  expect(await screen.findByText("Elsewhere")).toBeVisible();
  await act(() => router.navigate(-1));
  expect(await screen.findByText("Your password is changed.")).toBeVisible();
  expect(screen.queryByLabelText("New password")).not.toBeInTheDocument();
});

describe("a new password in a browser that is signed in", () => {
  async function reset(refresh: object) {
    server({ "POST /users/password-reset/confirm": null, "POST /users/refresh": refresh });
    signedIn(seeker);
    const { user } = show(<Reset />, { path: "/reset-password", at: "/reset-password#token=t" });
    await user.type(screen.getByLabelText("New password"), "a few new words{Enter}");
    expect(await screen.findByText("Your password is changed.")).toBeVisible();
  }

  it("ends its session too", async () => {
    await reset(problem(401, "unauthenticated"));
    expect(useSession.getState()).toMatchObject({ status: "out", user: null });
  });

  it("leaves the session of another account alone", async () => {
    await reset({ user: seeker, access_token: "newer", expires_in: 900 });
    expect(useSession.getState()).toMatchObject({ status: "in", token: "newer" });
  });
});

it("an address that is not confirmed is reminded of, and the mail sent again once", async () => {
  const { to } = server({ "POST /users/me/verification-email": new Response(null, { status: 202 }) });
  signedIn({ ...seeker, email_verified: false });
  const { user } = show(<EmailBanner />);
  await user.click(screen.getByRole("button", { name: "Send it again" }));
  expect(await screen.findByText("The e-mail is on its way.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Send it again" })).toBeDisabled();
  expect(to("POST", "/users/me/verification-email")).toHaveLength(1);
  expect(to("POST", "/users/me/verification-email")[0]?.headers.get("Idempotency-Key")).toBeTruthy();
});

it("the mail can be sent once more after a minute, and at once by the next account", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  server({ "POST /users/me/verification-email": new Response(null, { status: 202 }) });
  signedIn({ ...seeker, email_verified: false });
  const { user } = show(<EmailBanner />);
  const again = () => screen.getByRole("button", { name: "Send it again" });
  await user.click(again());
  await waitFor(() => expect(again()).toBeDisabled());
  await act(() => vi.advanceTimersByTimeAsync(60_000));
  expect(again()).toBeEnabled();
  await user.click(again());
  await waitFor(() => expect(again()).toBeDisabled());
  act(() => void signedIn({ ...consultant, email_verified: false }));
  expect(again()).toBeEnabled();
});

it("a confirmed address is not spoken of", () => {
  signedIn(seeker);
  show(<EmailBanner />);
  expect(screen.queryByText(/confirm your e-mail/)).not.toBeInTheDocument();
});

it("sessions are listed, and others can be ended", async () => {
  const firefox = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0";
  const chrome = "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0 Safari/537.36";
  const at = "2026-11-23T10:00:00Z";
  const { to } = server({
    "GET /users/me/sessions": page(
      { id: "a", current: true, created_at: at, last_used_at: at, user_agent: firefox },
      { id: "b", current: false, created_at: at, last_used_at: at, user_agent: chrome },
    ),
    "DELETE /users/me/sessions/:id": null,
  });
  signedIn(seeker);
  const { user } = show(<Sessions />);
  const region = within(await screen.findByRole("region", { name: "Sessions" }));
  expect(await region.findByText("This device")).toBeVisible();
  await user.click(region.getByRole("button", { name: "Log out Chrome on Linux" }));
  expect(await screen.findByText("That device is logged out.")).toBeVisible();
  expect(to("DELETE", "/users/me/sessions/b")).toHaveLength(1);
  expect(region.queryByRole("button", { name: /Firefox/ })).not.toBeInTheDocument();
});
