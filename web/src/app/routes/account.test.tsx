import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { seeker, signedIn } from "@/test/people";
import { CONFIG, page, problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { Sessions } from "@/features/session/sessions";
import { Component as Account } from "./account";

function opened(routes: Parameters<typeof server>[0]) {
  const api = server({ "GET /users/me/sessions": page(), "GET /config": CONFIG, ...routes });
  return { ...api, ...show(<Account />) };
}

const sessions = { "GET /users/me/sessions": page() };
const formOf = (button: string) =>
  within(screen.getByRole("button", { name: button }).closest("form") as HTMLFormElement);

beforeEach(() => void signedIn(seeker));

describe.each([
  ["/users/me/password", "Change password", "Current password", "New password", "a few new words"],
  ["/users/me/email", "Change address", "Your password", "New e-mail address", "new@example.org"],
])("the form of %s", (path, button, password, field, value) => {
  async function filledIn() {
    const { user } = show(<Account />);
    await user.type(formOf(button).getByLabelText(password), "a password");
    await user.type(formOf(button).getByLabelText(field), value);
    return { send: () => user.click(screen.getByRole("button", { name: button })) };
  }

  it("marks the current password when that is wrong, and sends it once", async () => {
    const { to } = server({ ...sessions, [`POST ${path}`]: problem(401, "invalid_credentials") });
    const { send } = await filledIn();
    await send();
    expect(await formOf(button).findByText("This isn’t your current password")).toBeVisible();
    expect(formOf(button).getByLabelText(password)).toBeInvalid();
    expect(screen.queryByText(/e-mail address or password is incorrect/)).not.toBeInTheDocument();
    expect(to("POST", path)).toHaveLength(1);
  });

  it("sends the same request again after a lost answer", async () => {
    let lost = true;
    const { to } = server({
      ...sessions,
      [`POST ${path}`]: () => {
        if (!lost) return null;
        lost = false;
        throw new TypeError("network");
      },
    });
    const { send } = await filledIn();
    await send();
    expect(await formOf(button).findByRole("alert")).toHaveTextContent("We can’t reach the server");
    await send();
    await waitFor(() => expect(to("POST", path)).toHaveLength(2));
    const keys = to("POST", path).map(({ headers }) => headers.get("Idempotency-Key"));
    expect(keys[0]).toBeTruthy();
    expect(keys[1]).toBe(keys[0]);
  });
});

it("saves what was changed, and nothing that may have been changed elsewhere meanwhile", async () => {
  const { user, to } = opened({ "PATCH /users/me": { ...seeker, first_name: "Sammy" } });
  await user.type(screen.getByLabelText("First name"), "my");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Saved.")).toBeVisible();
  expect(to("PATCH", "/users/me").map((one) => one.body)).toEqual([{ first_name: "Sammy" }]);
  await user.type(screen.getByLabelText("Last name"), "-Hopper");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(to("PATCH", "/users/me")).toHaveLength(2));
  expect(to("PATCH", "/users/me")[1]?.body).toEqual({ last_name: `${seeker.last_name}-Hopper` });
});

it("what is typed while the account is saved is still to be saved", async () => {
  let answer = (_: object) => {};
  const { user, to } = opened({ "PATCH /users/me": () => new Promise<object>((done) => (answer = done)) });
  const name = screen.getByLabelText("First name");
  await user.type(name, "my");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(to("PATCH", "/users/me")).toHaveLength(1));
  await user.type(name, "-Lee");
  answer({ ...seeker, first_name: "Sammy" });
  expect(await screen.findByText("Saved.")).toBeVisible();
  expect(name).toHaveValue("Sammy-Lee");
  expect(screen.getByRole("button", { name: "Save" })).toBeEnabled();
});

it("another address that is typed while the first is sent stays", async () => {
  let answer = (_: Response) => {};
  const { user, to } = opened({
    "POST /users/me/email": () => new Promise<Response>((done) => (answer = done)),
  });
  const address = screen.getByLabelText("New e-mail address");
  await user.type(address, "sam@example.com");
  await user.type(screen.getByLabelText("Your password"), "a few words");
  await user.click(screen.getByRole("button", { name: "Change address" }));
  await waitFor(() => expect(to("POST", "/users/me/email")).toHaveLength(1));
  await user.type(address, ".au");
  answer(new Response(null, { status: 202 }));
  expect(await screen.findByText(/We’ve sent a link to sam@example\.com\./)).toBeVisible();
  expect(address).toHaveValue("sam@example.com.au");
  expect(screen.getByLabelText("Your password")).toHaveValue("");
});

it("shows every place where the account is signed in, also beyond the first page", async () => {
  const place = (id: string) => ({
    id,
    current: false,
    created_at: "2026-11-23T10:00:00Z",
    last_used_at: "2026-11-23T10:00:00Z",
    user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  });
  signedIn(seeker);
  server({
    "GET /users/me/sessions": ({ query }) =>
      query.get("cursor") ? page(place("s2")) : { ...page(place("s1")), next_cursor: "more" },
    "GET /config": CONFIG,
  });
  show(<Sessions />);
  expect(await screen.findAllByRole("button", { name: /^Log out/ })).toHaveLength(2);
});
