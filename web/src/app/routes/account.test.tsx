import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { seeker, signedIn } from "@/test/people";
import { page, problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { Component as Account } from "./account";

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
