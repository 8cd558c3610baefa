import type { Stripe, StripeError } from "@stripe/stripe-js";
import { ApiProblem } from "@/lib/api/problem";
import { loadConfig } from "@/lib/config";
import { stripeFor } from "@/lib/stripe";
import { fetchAuthentication, fetchCard, newSetup } from "./api";
import { cardProblem } from "./card-problem";

/** The bank asks the cardholder (3-D Secure), in Stripe's own window. Returns what went wrong, or null. */
export async function confirmWithBank(bookingId: string): Promise<Error | null> {
  const { client_secret } = await fetchAuthentication(bookingId);
  const stripe = await stripeFor(await publishableKey());
  const found = await stripe.retrievePaymentIntent(client_secret);
  if (found.error) return refused(found.error);
  const result =
    found.paymentIntent.status === "requires_action"
      ? await stripe.handleNextAction({ clientSecret: client_secret })
      : await confirmAgain(stripe, client_secret);
  return result.error ? refused(result.error) : null;
}

/** After an off-session refusal the intent has no card any more: the one on file is set again. */
async function confirmAgain(stripe: Stripe, secret: string) {
  const card = await fetchCard();
  return stripe.confirmCardPayment(secret, card ? { payment_method: card.id } : {});
}

async function publishableKey(): Promise<string> {
  return (await loadConfig()).stripe_publishable_key ?? (await newSetup(crypto.randomUUID())).publishable_key;
}

function refused(error: StripeError): Error {
  return new ApiProblem(402, { code: "bank_refused", detail: cardProblem(error) });
}
