import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { consultant, expert, signedIn } from "@/test/people";
import { problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { Component as Profile } from "./profile";

const PROFILE = "/consultants/:id/profile";

async function opened(routes: Parameters<typeof server>[0] = {}) {
  const api = server({ [`GET ${PROFILE}`]: expert, ...routes });
  signedIn(consultant);
  const shown = show(<Profile />);
  return { ...api, ...shown, headline: await screen.findByLabelText("Headline") };
}
const save = () => screen.getByRole("button", { name: "Save profile" });

it("what was typed stays when the profile cannot be asked for again", async () => {
  let answer: object = expert;
  const { user, refetch, headline } = await opened({ [`GET ${PROFILE}`]: () => answer });
  await user.type(headline, "!");
  answer = problem(503, "service_unavailable");
  await refetch();
  expect(screen.getByLabelText("Headline")).toHaveValue(`${expert.headline}!`);
});

it("what is typed while the profile is saved is still to be saved", async () => {
  let answer = (_: object) => {};
  const { user, headline, to } = await opened({
    "PUT /consultants/me/profile": () => new Promise<object>((done) => (answer = done)),
  });
  await user.type(headline, "!");
  await user.click(save());
  await waitFor(() => expect(to("PUT", "/consultants/me/profile")).toHaveLength(1));
  await user.type(headline, "!");
  answer({ ...expert, headline: `${expert.headline}!` });
  expect(await screen.findByText("Your profile is saved.")).toBeVisible();
  expect(headline).toHaveValue(`${expert.headline}!!`);
  expect(screen.getByText("You have unsaved changes.")).toBeVisible();
  expect(save()).toBeEnabled();
});
