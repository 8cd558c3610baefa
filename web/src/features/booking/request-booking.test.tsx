import { act, screen, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { booking, consultant, expert, seeker, signedIn, slot } from "@/test/people";
import { CONFIG, page, problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { RequestBooking } from "./request-booking";

vi.mock("@/features/payment/card-form", () => ({ default: () => <p>The card form</p> }));

const card = { id: "pm_1", brand: "visa", last4: "4242", exp_month: 12, exp_year: 2034 };
const time = slot("2026-11-23T10:00:00Z", "2026-11-23T10:45:00Z");
const at = "/experts/consultant-1?day=2026-11-23&slot=s";

function shown(routes: Parameters<typeof server>[0] = {}, onClose = () => {}) {
  const api = server({ "GET /payments/payment-method": card, "GET /bookings/me": page(), ...routes });
  const dialog = (
    <RequestBooking
      expert={expert}
      zone="UTC"
      slot={time}
      gone={null}
      onRequesting={() => {}}
      onClose={onClose}
    />
  );
  return { ...api, ...show(dialog, { path: "/experts/:id", at }) };
}
/** As when the network is gone. */
const lost = (): never => {
  throw new TypeError("Failed to fetch");
};
const send = () => screen.findByRole("button", { name: "Request booking" });

describe("requesting a booking", () => {
  it("says with whom, when, in which zone and for how much", async () => {
    signedIn(seeker);
    shown();
    const dialog = await screen.findByRole("dialog");
    expect(dialog).toHaveTextContent("Cora Consult");
    expect(dialog).toHaveTextContent("Mon 23 Nov, 10:00–10:45");
    expect(dialog).toHaveTextContent("€90.00");
    // The settings may come after the dialog: until then nothing is promised.
    expect(await screen.findByText(/free if it ends/)).toBeVisible();
    expect(dialog).toHaveTextContent("for 45 min; free if it ends within 10 minutes");
  });

  it("sends strangers to log in, and back to this time", async () => {
    shown();
    const back = encodeURIComponent(at);
    expect(await screen.findByRole("link", { name: "Sign up to book" })).toHaveAttribute(
      "href",
      `/register?next=${back}`,
    );
    expect(screen.getByRole("link", { name: "Log in" })).toHaveAttribute("href", `/login?next=${back}`);
  });

  it("asks for a card first where there is none", async () => {
    signedIn(seeker);
    shown({ "GET /payments/payment-method": problem(404, "no_payment_method") });
    expect(await screen.findByText("The card form")).toBeVisible();
    expect(screen.getByText("Add a card to book")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Request booking" })).not.toBeInTheDocument();
  });

  it("is not for consultants, and says why", async () => {
    signedIn(consultant);
    shown();
    expect(await screen.findByText(/To book sessions, use a seeker account/)).toBeVisible();
  });

  it("books once, however often one clicks, and leads to the booking", async () => {
    signedIn(seeker);
    const { user, to, router } = shown({ "POST /bookings": booking({ status: "requested" }) });
    await user.type(await screen.findByLabelText("What would you like to talk about?"), "Roses <3");
    await user.dblClick(await send());
    await waitFor(() => expect(router.state.location.pathname).toBe("/booking/booking-1"));
    expect(to("POST", "/bookings")).toHaveLength(1);
    expect(to("POST", "/bookings")[0]?.body).toEqual({
      consultant_id: consultant.id,
      slot_id: time.id,
      message: "Roses <3",
    });
  });

  it("goes on with the other account's card when another tab changes the account", async () => {
    signedIn(seeker);
    const cards = [card, { ...card, id: "pm_2", last4: "1881" }];
    const { queries } = shown({ "GET /payments/payment-method": () => cards.shift() ?? null });
    expect(await screen.findByText(/your card ending in 4242/)).toBeVisible();
    // As the app does for another account.
    queries.clear();
    act(() => void signedIn({ ...seeker, id: "seeker-2" }));
    expect(await screen.findByText(/your card ending in 1881/)).toBeVisible();
    expect(screen.queryByText(/4242/)).not.toBeInTheDocument();
  });

  it("keeps the message, and the key of the request, when answers are lost", async () => {
    signedIn(seeker);
    const requests = [() => lost(), () => booking({ status: "requested" })];
    let cards = () => card as object;
    const { user, to, router } = shown({
      "GET /payments/payment-method": () => cards(),
      "POST /bookings": () => requests.shift()?.() ?? {},
    });
    await user.type(await screen.findByLabelText("What would you like to talk about?"), "Roses <3");
    cards = lost;
    await user.click(await send());
    expect(await screen.findByRole("alert")).toHaveTextContent("We can’t reach the server");
    // The card is asked for again after every request.
    await waitFor(() => expect(to("GET", "/payments/payment-method")).toHaveLength(2));
    expect(screen.getByLabelText("What would you like to talk about?")).toHaveValue("Roses <3");
    await user.click(await send());
    await waitFor(() => expect(router.state.location.pathname).toBe("/booking/booking-1"));
    const [first, second] = to("POST", "/bookings");
    expect(second?.body).toEqual(first?.body);
    expect(second?.headers.get("Idempotency-Key")).toBe(first?.headers.get("Idempotency-Key"));
  });

  it("cannot be closed while it is under way, since it is made all the same", async () => {
    signedIn(seeker);
    let answer = (_: object) => {};
    const onClose = vi.fn();
    const { user, router } = shown(
      { "POST /bookings": () => new Promise<object>((done) => (answer = done)) },
      onClose,
    );
    await user.click(await send());
    await user.keyboard("{Escape}");
    expect(onClose).not.toHaveBeenCalled();
    answer(booking({ status: "requested" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/booking/booking-1"));
  });

  it("says what stands against it, and can be sent again", async () => {
    signedIn(seeker);
    const { user, to } = shown({ "POST /bookings": problem(409, "seeker_busy") });
    await user.click(await send());
    expect(await screen.findByText("You already have a booking at that time.")).toBeVisible();
    await user.click(await send());
    await waitFor(() => expect(to("POST", "/bookings")).toHaveLength(2));
    const keys = to("POST", "/bookings").map(({ headers }) => headers.get("Idempotency-Key"));
    expect(new Set(keys).size).toBe(2);
  });

  it("says what is wrong with the message at its field", async () => {
    signedIn(seeker);
    const errors = [{ field: "message", message: "Too long.", code: "too_long", params: { max: 2000 } }];
    const { user } = shown({ "POST /bookings": problem(400, "validation_failed", { errors }) });
    await user.click(await send());
    expect(await screen.findByText("At most 2,000 characters")).toBeVisible();
    expect(screen.getByLabelText("What would you like to talk about?")).toBeInvalid();
    expect(screen.getByLabelText("What would you like to talk about?")).toHaveFocus();
  });

  it("makes signing up the main way for a stranger", async () => {
    shown();
    const [logIn, signUp] = await screen.findAllByRole("link");
    expect(logIn).toHaveTextContent("Log in");
    expect(logIn).toHaveAttribute("data-variant", "default");
    expect(signUp).toHaveTextContent("Sign up to book");
    expect(signUp).not.toHaveAttribute("data-variant");
  });

  it("promises nothing about money until the settings have come", async () => {
    signedIn(seeker);
    let settle = (_: object) => {};
    shown({ "GET /config": () => new Promise<object>((resolve) => (settle = resolve)) });
    const dialog = await screen.findByRole("dialog");
    expect(await screen.findByText(/the amount is held on your card ending in 4242/)).toBeVisible();
    expect(dialog).not.toHaveTextContent(/free/);
    settle({ ...CONFIG, free_period_seconds: 8 });
    expect(await screen.findByText(/free if it ends within 8 seconds/)).toBeVisible();
    expect(dialog).toHaveTextContent(/You can cancel for free until/);
  });
});
