import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { type ReactNode, useEffect } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NotLoaded } from "@/lib/api/problem";
import { useLocale } from "@/lib/i18n/locale";
import { seeker, signedIn } from "@/test/people";
import { problem, server } from "@/test/server";
import { clickTwice, show } from "@/test/screen";
import CardForm from "./card-form";

const script = vi.hoisted(() => ({
  load: vi.fn(),
  element: "ready",
  confirm: vi.fn(),
  retrieve: vi.fn(),
  options: vi.fn(),
}));
vi.mock("@/lib/stripe", async (original) => ({
  ...(await original<typeof import("@/lib/stripe")>()),
  stripeFor: script.load,
}));
vi.mock("@stripe/react-stripe-js", () => ({
  Elements: ({ children, ...props }: { children: ReactNode }) => {
    script.options(props);
    return children;
  },
  PaymentElement: ({ onReady, onLoadError }: { onReady(): void; onLoadError(): void }) => {
    useEffect(() => (script.element === "ready" ? onReady() : onLoadError()), [onReady, onLoadError]);
    return <p>Card fields</p>;
  },
  useStripe: () => ({ confirmSetup: script.confirm, retrieveSetupIntent: script.retrieve }),
  useElements: () => ({ submit: () => Promise.resolve({}) }),
}));

const setup = { setup_intent_id: "seti_1", client_secret: "seti_1_secret_x", publishable_key: "pk_test_1" };

beforeEach(() => {
  signedIn(seeker);
  script.load.mockReset().mockResolvedValue({});
  script.element = "ready";
});

afterEach(() => useLocale.setState({ language: "en", locale: "en-GB" }));

describe("the card form", () => {
  it("shows Stripe's fields, for the key that the server names", async () => {
    server({ "POST /payments/setup-intent": setup });
    show(<CardForm />);
    expect(await screen.findByText("Card fields")).toBeVisible();
    expect(script.load).toHaveBeenCalledWith("pk_test_1");
  });

  it.each([
    ["the script does not come", () => script.load.mockRejectedValueOnce(new NotLoaded())],
    ["the fields do not come", () => (script.element = "broken")],
  ])("says that it could not be loaded when %s, and tries again when asked to", async (_, trouble) => {
    trouble();
    const { to } = server({ "POST /payments/setup-intent": setup });
    const { user } = show(<CardForm />);
    expect(await screen.findByRole("alert")).toHaveTextContent("The card form could not be loaded.");
    script.element = "ready";
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Card fields")).toBeVisible();
    const keys = to("POST", "/payments/setup-intent").map(({ headers }) => headers.get("Idempotency-Key"));
    expect(new Set(keys).size).toBe(2);
  });

  it("has Stripe's fields follow the reader to another language, with the same Stripe", async () => {
    server({ "POST /payments/setup-intent": setup });
    show(<CardForm />);
    await screen.findByText("Card fields");
    const last = () => script.options.mock.lastCall?.[0];
    const before = last();
    expect(before.options.locale).toBe("en");
    act(() => useLocale.setState({ language: "de", locale: "de-DE" }));
    expect(last().options).toMatchObject({ locale: "de", clientSecret: "seti_1_secret_x" });
    expect(last().stripe).toBe(before.stripe);
  });

  it("says what the server says when there is no set-up", async () => {
    server({ "POST /payments/setup-intent": problem(503, "stripe_unavailable") });
    show(<CardForm />);
    expect(await screen.findByRole("alert")).toHaveTextContent("We can’t reach Stripe");
  });

  const saved = { id: "pm_1", brand: "visa", last4: "4242", exp_month: 12, exp_year: 2034 };
  const confirmed = { setupIntent: { payment_method: "pm_1" } };
  async function filledIn() {
    server({ "POST /payments/setup-intent": setup, "GET /payments/payment-method": saved });
    const onSaved = vi.fn();
    const { user } = show(<CardForm onSaved={onSaved} />);
    await screen.findByText("Card fields");
    return { user, onSaved, send: () => user.click(screen.getByRole("button", { name: "Save card" })) };
  }

  it("asks for the consent that later charges need, and takes nothing before", async () => {
    const { user, onSaved, send } = await filledIn();
    script.confirm.mockReset().mockResolvedValue(confirmed);
    await send();
    expect(screen.getByRole("alert")).toHaveTextContent("Please allow this card to be charged");
    expect(script.confirm).not.toHaveBeenCalled();
    await user.click(screen.getByRole("checkbox"));
    await send();
    await waitFor(() => expect(onSaved).toHaveBeenCalled());
    expect(screen.queryByText(/Please allow this card/)).not.toBeInTheDocument();
  });

  it("says why a card is refused, and takes another one; a double click confirms once", async () => {
    const { user, onSaved, send } = await filledIn();
    const error = { type: "card_error", code: "card_declined", message: "Your card was declined." };
    script.confirm.mockReset().mockResolvedValueOnce({ error }).mockResolvedValue(confirmed);
    await user.click(screen.getByRole("checkbox"));
    clickTwice(screen.getByRole("button", { name: "Save card" }));
    expect(await screen.findByText("Your card was declined.")).toBeVisible();
    expect(script.confirm).toHaveBeenCalledTimes(1);
    await send();
    await waitFor(() => expect(onSaved).toHaveBeenCalled());
    expect(script.confirm).toHaveBeenCalledTimes(2);
  });

  const lost = { type: "api_connection_error", message: "No connection." };
  const refusing = {
    type: "invalid_request_error",
    code: "setup_intent_unexpected_state",
    setup_intent: { status: "succeeded", payment_method: "pm_1" },
  };

  it("asks Stripe what has come of a card whose confirmation got no answer", async () => {
    const { user, onSaved, send } = await filledIn();
    script.confirm.mockReset().mockResolvedValue({ error: lost });
    script.retrieve
      .mockReset()
      .mockResolvedValue({ setupIntent: { status: "succeeded", payment_method: "pm_1" } });
    await user.click(screen.getByRole("checkbox"));
    await send();
    expect(await screen.findByText(/The card ending in 4242 is saved\./)).toBeVisible();
    expect(script.retrieve).toHaveBeenCalledWith("seti_1_secret_x");
    expect(onSaved).not.toHaveBeenCalled();
    await user.click(screen.getByRole("button", { name: "Use this card" }));
    expect(onSaved).toHaveBeenCalledTimes(1);
  });

  it.each([
    ["Stripe cannot be asked either", { error: lost }],
    ["Stripe has not confirmed it yet", { setupIntent: { status: "requires_payment_method" } }],
  ])("says that nobody knows whether a card is saved when %s", async (_, answer) => {
    const { user, onSaved, send } = await filledIn();
    script.confirm.mockReset().mockResolvedValue({ error: lost });
    script.retrieve.mockReset().mockResolvedValue(answer);
    await user.click(screen.getByRole("checkbox"));
    await send();
    expect(await screen.findByRole("alert")).toHaveTextContent("we don’t know whether your card is saved");
    expect(onSaved).not.toHaveBeenCalled();
  });

  it("names the card that an earlier try has saved, and takes another one in a set-up of its own", async () => {
    const { user, onSaved, send } = await filledIn();
    script.confirm.mockReset().mockResolvedValueOnce({ error: lost }).mockResolvedValue({ error: refusing });
    script.retrieve.mockReset().mockResolvedValue({ error: lost });
    await user.click(screen.getByRole("checkbox"));
    await send();
    await screen.findByRole("alert");
    await send();
    expect(await screen.findByText(/The card ending in 4242 is saved\./)).toBeVisible();
    expect(onSaved).not.toHaveBeenCalled();
    const { to } = server({
      "POST /payments/setup-intent": { ...setup, client_secret: "seti_2_secret_x" },
      "GET /payments/payment-method": { ...saved, id: "pm_2", last4: "1111" },
    });
    script.confirm.mockReset().mockResolvedValue({ setupIntent: { payment_method: "pm_2" } });
    await user.click(screen.getByRole("button", { name: "Enter another card" }));
    await user.click(await screen.findByRole("checkbox"));
    await send();
    await waitFor(() => expect(onSaved).toHaveBeenCalledTimes(1));
    expect(await screen.findByText("Your card ending in 1111 is saved.")).toBeVisible();
    expect(to("POST", "/payments/setup-intent")).toHaveLength(1);
  });

  it("says that a card is still being saved while the server only knows the one before", async () => {
    const { user, onSaved } = await filledIn();
    let card = { ...saved, id: "pm_old" };
    server({ "POST /payments/setup-intent": setup, "GET /payments/payment-method": () => card });
    script.confirm.mockReset().mockResolvedValue(confirmed);
    await user.click(screen.getByRole("checkbox"));
    vi.useFakeTimers({ shouldAdvanceTime: true });
    fireEvent.click(screen.getByRole("button", { name: "Save card" }));
    await vi.advanceTimersByTimeAsync(25_000);
    expect(await screen.findByText(/Your card is still being saved/)).toBeVisible();
    expect(screen.queryByText(/^Your card ending in .* is saved/)).not.toBeInTheDocument();
    expect(onSaved).not.toHaveBeenCalled();
    card = saved;
    fireEvent.click(screen.getByRole("button", { name: "Save card" }));
    await waitFor(() => expect(onSaved).toHaveBeenCalledTimes(1));
    expect(screen.queryByText(/still being saved/)).not.toBeInTheDocument();
  });
});
