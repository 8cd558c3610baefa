import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { seeker, signedIn } from "@/test/people";
import { problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { CalendarFeed } from "./calendar-feed";

const URL_ONE = "https://market.example/calendar/secret-one.ics";

function shown(create: object = { url: URL_ONE }) {
  signedIn(seeker);
  const api = server({ "POST /calendar/feed": create, "DELETE /calendar/feed": null });
  const { user } = show(<CalendarFeed />);
  /** Presses the button, and says yes to the question that follows. */
  const confirmed = async (name: string, yes: string) => {
    await user.click(button(name));
    await user.click(await screen.findByRole("button", { name: yes }));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  };
  return {
    ...api,
    user,
    create: () => confirmed("Create a new address", "Create address"),
    end: () => confirmed("End subscription", "End it"),
  };
}
const button = (name: string) => screen.getByRole("button", { name });
const address = () => screen.queryByLabelText("Address of your calendar");

it("shows the address once it is made, and copies it", async () => {
  const { user, create, to } = shown();
  expect(address()).not.toBeInTheDocument();
  await create();
  expect(await screen.findByLabelText("Address of your calendar")).toHaveValue(URL_ONE);
  expect(screen.getByRole("status")).toHaveTextContent("It is shown only once.");
  expect(to("POST", "/calendar/feed")[0]?.headers.get("Idempotency-Key")).toBeTruthy();
  await user.click(button("Copy address"));
  await waitFor(() => expect(button("Copied")).toBeVisible());
  expect(await navigator.clipboard.readText()).toBe(URL_ONE);
});

it("leaves the keyboard at the button whose question is answered, however long that takes", async () => {
  let answer: (feed: object) => void = () => undefined;
  const { create } = shown(() => new Promise<object>((done) => (answer = done)));
  const created = create();
  await waitFor(() => expect(button("Create address")).toBeDisabled());
  answer({ url: URL_ONE });
  await created;
  await waitFor(() => expect(button("Create a new address")).toHaveFocus());
});

it("makes another address in place of the one before", async () => {
  const urls = [URL_ONE, URL_ONE.replace("one", "two")];
  const { create, to } = shown(() => ({ url: urls.shift() }));
  await create();
  await waitFor(() => expect(address()).toHaveValue(URL_ONE));
  await create();
  await waitFor(() => expect(address()).toHaveValue(URL_ONE.replace("one", "two")));
  const keys = to("POST", "/calendar/feed").map(({ headers }) => headers.get("Idempotency-Key"));
  expect(new Set(keys).size).toBe(2);
});

it("ends the subscription, and no longer shows the address", async () => {
  const { create, end, to } = shown();
  await create();
  await waitFor(() => expect(address()).toBeVisible());
  await end();
  expect(await screen.findByText("The address no longer works.")).toBeVisible();
  expect(address()).not.toBeInTheDocument();
  expect(to("DELETE", "/calendar/feed")).toHaveLength(1);
});

it("says why there is no address", async () => {
  const { create } = shown(problem(503, "service_unavailable"));
  await create();
  expect(await screen.findByText(/temporarily unavailable/)).toBeVisible();
});

it.each(["Create a new address", "End subscription"])(
  "asks before an address stops working: %s",
  async (name) => {
    const { user, to } = shown();
    await user.click(button(name));
    expect(await screen.findByText(/will no longer get your bookings/)).toBeVisible();
    await user.click(button("Not now"));
    expect(to("POST", "/calendar/feed")).toHaveLength(0);
    expect(to("DELETE", "/calendar/feed")).toHaveLength(0);
  },
);
