import { fireEvent, screen, waitFor } from "@testing-library/react";
import { type ReactNode, useEffect } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { NotLoaded } from "@/lib/api/problem";
import { seeker, signedIn } from "@/test/people";
import { problem, server } from "@/test/server";
import { clickTwice, show } from "@/test/screen";
import CardForm from "./card-form";

const script = vi.hoisted(() => ({ load: vi.fn(), element: "ready", confirm: vi.fn() }));
vi.mock("@/lib/stripe", () => ({ stripeFor: script.load }));
vi.mock("@stripe/react-stripe-js", () => ({
  Elements: ({ children }: { children: ReactNode }) => children,
  PaymentElement: ({ onReady, onLoadError }: { onReady(): void; onLoadError(): void }) => {
    useEffect(() => (script.element === "ready" ? onReady() : onLoadError()), [onReady, onLoadError]);
    return <p>Card fields</p>;
  },
  useStripe: () => ({ confirmSetup: script.confirm }),
  useElements: () => ({ submit: () => Promise.resolve({}) }),
}));

const setup = { setup_intent_id: "seti_1", client_secret: "seti_1_secret_x", publishable_key: "pk_test_1" };

beforeEach(() => {
  signedIn(seeker);
  script.load.mockReset().mockResolvedValue({});
  script.element = "ready";
});

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

  it("takes a card as saved whose confirmation got no answer the first time", async () => {
    const { user, onSaved, send } = await filledIn();
    const lost = { type: "api_connection_error", message: "No connection." };
    const again = {
      type: "invalid_request_error",
      code: "setup_intent_unexpected_state",
      setup_intent: { status: "succeeded", payment_method: "pm_1" },
    };
    script.confirm.mockReset().mockResolvedValueOnce({ error: lost }).mockResolvedValue({ error: again });
    await user.click(screen.getByRole("checkbox"));
    await send();
    expect(await screen.findByRole("alert")).toHaveTextContent("The card was not accepted.");
    await send();
    await waitFor(() => expect(onSaved).toHaveBeenCalled());
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
    expect(screen.queryByText("Your card is saved.")).not.toBeInTheDocument();
    expect(onSaved).not.toHaveBeenCalled();
    card = saved;
    fireEvent.click(screen.getByRole("button", { name: "Save card" }));
    await waitFor(() => expect(onSaved).toHaveBeenCalledTimes(1));
    expect(screen.queryByText(/still being saved/)).not.toBeInTheDocument();
  });
});
