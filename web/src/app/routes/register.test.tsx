import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { seeker } from "@/test/people";
import { Component as Register } from "./register";

const session = { user: seeker, access_token: "token", expires_in: 900 };

async function filledIn() {
  const { user, router } = show(<Register />, { path: "/register", at: "/register?next=/experts/e?slot=s" });
  await user.type(screen.getByLabelText("First name"), "Sam");
  await user.type(screen.getByLabelText("Last name"), "Seek");
  await user.type(screen.getByLabelText("E-mail"), "sam@example.org");
  await user.type(screen.getByLabelText("Password"), "a few words");
  await user.type(screen.getByLabelText("Password again"), "a few words");
  return { router, user, send: () => user.click(screen.getByRole("button", { name: "Create account" })) };
}

describe("registration", () => {
  it("asks for what is missing before anything is sent, and leads to the first of it", async () => {
    const { to } = server({});
    const { user } = show(<Register />);
    await user.click(screen.getByRole("button", { name: "Create account" }));
    expect(screen.getByText("Enter your first name")).toBeVisible();
    expect(screen.getByLabelText("First name")).toHaveFocus();
    expect(screen.getByText("Enter your e-mail address")).toBeVisible();
    expect(screen.getByText("Enter the password again")).toBeVisible();
    expect(screen.getByLabelText("E-mail")).toBeInvalid();
    expect(to("POST", "/users/register")).toHaveLength(0);
  });

  it("says what comes next for a consultant", async () => {
    const { user } = show(<Register />);
    expect(screen.queryByText(/set up payouts/)).not.toBeInTheDocument();
    await user.click(screen.getByRole("radio", { name: /^Give advice/ }));
    expect(screen.getByText(/set up payouts/)).toBeVisible();
  });

  it("sends what the browser filled in without an event", async () => {
    const { to } = server({ "POST /users/register": session, "PATCH /users/me": seeker });
    const { send } = await filledIn();
    screen.getByLabelText<HTMLInputElement>("First name").value = "Samira";
    await send();
    expect(to("POST", "/users/register")[0]?.body).toMatchObject({ first_name: "Samira" });
  });

  it("puts what the server refuses at the fields that it names, and moves there", async () => {
    const errors = [
      { field: "password", message: "This is among the most common ones." },
      { field: "role", message: "This is closed for now." },
    ];
    server({ "POST /users/register": problem(400, "validation_failed", { errors }) });
    const { send } = await filledIn();
    await send();
    expect(await screen.findByText("This is among the most common ones")).toBeVisible();
    expect(screen.getByLabelText("Password")).toBeInvalid();
    expect(screen.getByText("This is closed for now")).toBeVisible();
    expect(screen.getByLabelText("E-mail")).toBeValid();
  });

  it("says a taken address at the address, and keeps what was typed", async () => {
    server({ "POST /users/register": problem(409, "email_taken") });
    const { send } = await filledIn();
    await send();
    expect(await screen.findByText(/already an account/)).toBeVisible();
    expect(screen.getByLabelText("E-mail")).toHaveFocus();
    expect(screen.getByLabelText("Password")).toHaveValue("a few words");
  });

  it("says above the form what belongs to no field", async () => {
    server({ "POST /users/register": problem(503, "service_unavailable") });
    const { send } = await filledIn();
    await send();
    expect(await screen.findByRole("alert")).toHaveTextContent("temporarily unavailable");
  });

  it("goes on where one came from", async () => {
    const { to } = server({ "POST /users/register": session, "PATCH /users/me": seeker });
    const { send, router } = await filledIn();
    await send();
    expect(await screen.findByText("Elsewhere")).toBeVisible();
    expect(router.state.location.pathname + router.state.location.search).toBe("/experts/e?slot=s");
    expect(to("POST", "/users/register")[0]?.body).toMatchObject({ role: "seeker", refresh: "cookie" });
  });
});
