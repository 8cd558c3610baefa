import { act, screen, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { booking, seeker, signedIn } from "@/test/people";
import { page, problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { Messages } from "./messages";
import { UnreadMessages } from "./unread-messages";

const message = (
  id: string,
  author: "seeker" | "consultant",
  body: string,
  read_at: string | null = null,
) => ({
  id,
  booking_id: "booking-1",
  author,
  body,
  created_at: "2026-11-23T09:00:00Z",
  read_at,
});

it("shows words as text and addresses as safe links, and marks what the other wrote as read", async () => {
  const { to } = server({
    "GET /bookings/:id/messages": page(
      message("1", "seeker", "Hello"),
      message(
        "2",
        "consultant",
        "<img src=x onerror=alert(1)> see https://example.org/a?b=1. javascript:alert(1)",
      ),
    ),
    "POST /bookings/:id/messages/read": null,
  });
  signedIn(seeker);
  show(<Messages booking={booking()} side="seeker" />);
  const link = await screen.findByRole("link");
  expect(link).toHaveAttribute("href", "https://example.org/a?b=1");
  expect(link).toHaveAttribute("rel", expect.stringContaining("noopener"));
  expect(screen.getByText(/<img src=x onerror/)).toBeVisible();
  await waitFor(() =>
    expect(to("POST", "/bookings/booking-1/messages/read")[0]?.body).toEqual({ up_to: "2" }),
  );
});

it("reads out what is written from now on, not the conversation so far", async () => {
  const so_far = [message("1", "seeker", "Hello")];
  server({
    "GET /bookings/:id/messages": () => page(...so_far),
    "POST /bookings/:id/messages/read": null,
  });
  signedIn(seeker);
  const { refetch } = show(<Messages booking={booking()} side="seeker" />);
  // A live region that is empty at first would read out all that comes into it.
  expect(document.querySelector("[aria-live]")).toBeNull();
  const list = (await screen.findByText("Hello")).closest("[aria-live]");
  so_far.push(message("2", "consultant", "Hello yourself"));
  await refetch();
  expect((await screen.findByText("Hello yourself")).closest("[aria-live]")).toBe(list);
  expect(list).toHaveAttribute("aria-live", "polite");
});

describe("what the other wrote", () => {
  const READ = "/bookings/booking-1/messages/read";
  const unread = page(message("1", "consultant", "Hello"));
  const lookAway = (state: DocumentVisibilityState) =>
    act(() => {
      vi.spyOn(document, "visibilityState", "get").mockReturnValue(state);
      document.dispatchEvent(new Event("visibilitychange"));
    });

  it("is unread while the tab is behind others, and read when it comes to the front", async () => {
    lookAway("hidden");
    const { to } = server({
      "GET /bookings/:id/messages": unread,
      "POST /bookings/:id/messages/read": null,
    });
    signedIn(seeker);
    show(<Messages booking={booking()} side="seeker" />);
    expect(await screen.findByText("Hello")).toBeVisible();
    expect(to("POST", READ)).toHaveLength(0);
    lookAway("visible");
    await waitFor(() => expect(to("POST", READ)).toHaveLength(1));
  });

  it("is asked for once at a time while the server is away, and the newest follows when it is back", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    let away = true;
    let messages = unread;
    const { to } = server({
      "GET /bookings/:id/messages": () => messages,
      "POST /bookings/:id/messages/read": () => (away ? problem(503, "service_unavailable") : null),
    });
    signedIn(seeker);
    const { queries } = show(<Messages booking={booking()} side="seeker" />);
    await waitFor(() => expect(to("POST", READ)).toHaveLength(1));
    messages = page(message("1", "consultant", "Hello"), message("2", "consultant", "Still there?"));
    await act(() => queries.invalidateQueries());
    expect(await screen.findByText("Still there?")).toBeVisible();
    for (let times = 0; times < 3; times += 1) {
      lookAway("hidden");
      lookAway("visible");
    }
    expect(queries.isMutating()).toBe(1);
    away = false;
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(to("POST", READ).at(-1)?.body).toEqual({ up_to: "2" });
    expect(queries.isMutating()).toBe(0);
  });

  it("is marked as read again when the server has not answered, and not when it refuses", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const answers = [problem(503, "service_unavailable"), problem(403, "forbidden")];
    const { to } = server({
      "GET /bookings/:id/messages": unread,
      "POST /bookings/:id/messages/read": () => answers.shift() ?? null,
    });
    signedIn(seeker);
    show(<Messages booking={booking()} side="seeker" />);
    await waitFor(() => expect(to("POST", READ)).toHaveLength(1));
    await act(() => vi.advanceTimersByTimeAsync(2000));
    expect(to("POST", READ)).toHaveLength(2);
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(to("POST", READ)).toHaveLength(2);
  });
});

it("ends an address where the direction of writing is turned, so that it reads as it leads", async () => {
  server({
    "GET /bookings/:id/messages": page(message("1", "seeker", "https://example.org/\u202efdp.exe")),
  });
  signedIn(seeker);
  show(<Messages booking={booking()} side="seeker" />);
  expect(await screen.findByRole("link")).toHaveAttribute("href", "https://example.org/");
});

it("says in lists how many are unread", () => {
  server({});
  show(<UnreadMessages booking={booking({ unread_messages: 2 })} />);
  expect(screen.getByText("2 unread messages")).toBeVisible();
});

it("sends what is written once, and empties the field", async () => {
  const { to } = server({
    "GET /bookings/:id/messages": page(),
    "POST /bookings/:id/messages": message("3", "seeker", "Thank you"),
  });
  signedIn(seeker);
  const { user } = show(<Messages booking={booking()} side="seeker" />);
  await user.click(await screen.findByRole("button", { name: "Send message" }));
  expect(screen.getByText("Enter a message")).toBeVisible();
  await user.type(screen.getByLabelText("Write a message"), "  Thank you ");
  await user.click(screen.getByRole("button", { name: "Send message" }));
  await waitFor(() => expect(screen.getByLabelText("Write a message")).toHaveValue(""));
  expect(to("POST", "/bookings/booking-1/messages").map(({ body }) => body)).toEqual([{ body: "Thank you" }]);
});

it("keeps what is written while the message before is sent", async () => {
  let answer = (_: object) => {};
  const { to } = server({
    "GET /bookings/:id/messages": page(),
    "POST /bookings/:id/messages": () => new Promise<object>((done) => (answer = done)),
  });
  signedIn(seeker);
  const { user, queries } = show(<Messages booking={booking()} side="seeker" />);
  await user.type(await screen.findByLabelText("Write a message"), "Thank you");
  await user.click(screen.getByRole("button", { name: "Send message" }));
  await waitFor(() => expect(to("POST", "/bookings/booking-1/messages")).toHaveLength(1));
  await user.type(screen.getByLabelText("Write a message"), ", and see you");
  answer(message("3", "seeker", "Thank you"));
  await waitFor(() => expect(queries.isMutating()).toBe(0));
  expect(screen.getByLabelText("Write a message")).toHaveValue("Thank you, and see you");
});

it("keeps what was written when it is refused", async () => {
  server({
    "GET /bookings/:id/messages": page(),
    "POST /bookings/:id/messages": problem(409, "invalid_transition"),
  });
  signedIn(seeker);
  const { user } = show(<Messages booking={booking({ status: "completed" })} side="seeker" />);
  await user.type(await screen.findByLabelText("Write a message"), "Too late");
  await user.click(screen.getByRole("button", { name: "Send message" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("This booking has changed");
  expect(screen.getByLabelText("Write a message")).toHaveValue("Too late");
});
