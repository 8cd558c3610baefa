import { act, screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { keys } from "@/lib/query-keys";
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
/** As it was known a moment ago, when it was shown elsewhere; `answer` is what the server says now. */
async function openedFromMemory(answer: () => object | Promise<object>) {
  server({ [`GET ${PROFILE}`]: answer });
  signedIn(consultant);
  const shown = show(<Profile />, {
    path: "/profile",
    at: "/",
    routes: [{ path: "/", element: <p>Home</p> }],
  });
  shown.queries.setQueryData(keys.directory.profile(consultant.id), expert);
  await act(() => shown.router.navigate("/profile"));
  return shown;
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

it("the form starts from the profile as it is now, not as it was known before", async () => {
  let answer = (_: object) => {};
  const { queries } = await openedFromMemory(() => new Promise<object>((done) => (answer = done)));
  // Everything else that the form needs is there.
  await waitFor(() => expect(queries.getQueryData(keys.config)).toBeDefined());
  expect(screen.queryByLabelText("Rate per hour")).not.toBeInTheDocument();
  answer({ ...expert, hourly_rate: 15_000 });
  expect(await screen.findByLabelText("Rate per hour")).toHaveValue("150");
});

it("nothing can be saved while it is not known what the profile is now", async () => {
  let answer: object = problem(503, "service_unavailable");
  const { user } = await openedFromMemory(() => answer);
  expect(await screen.findByRole("alert")).toHaveTextContent("temporarily unavailable");
  expect(screen.queryByLabelText("Headline")).not.toBeInTheDocument();
  answer = expert;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByLabelText("Headline")).toHaveValue(expert.headline);
});

it("what was changed on another device meanwhile is not undone by what is typed here", async () => {
  let answer = expert;
  const { user, refetch, headline, to } = await opened({
    [`GET ${PROFILE}`]: () => answer,
    "PUT /consultants/me/profile": () => answer,
  });
  answer = { ...expert, hourly_rate: 15_000 };
  await refetch();
  expect(screen.getByLabelText("Rate per hour")).toHaveValue("150");
  expect(save()).toBeDisabled();
  await user.type(headline, "!");
  await user.click(save());
  await waitFor(() =>
    expect(to("PUT", "/consultants/me/profile")[0]?.body).toMatchObject({
      headline: `${expert.headline}!`,
      hourly_rate: 15_000,
    }),
  );
});
