import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { seeker, signedIn } from "@/test/people";
import { CONFIG, page, server } from "@/test/server";
import { show } from "@/test/screen";
import { Component as Account } from "./account";

function opened(routes: Parameters<typeof server>[0]) {
  const api = server({ "GET /users/me/sessions": page(), "GET /config": CONFIG, ...routes });
  signedIn(seeker);
  return { ...api, ...show(<Account />) };
}

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
