import type { StripeError } from "@stripe/stripe-js";
import { t } from "@/lib/i18n/i18n";

/** What Stripe.js refused, for people: its words about their card, ours about the rest. */
export function cardProblem(error: Pick<StripeError, "type" | "code" | "message">): string {
  if (error.code?.endsWith("_authentication_failure"))
    return t("Your bank didn’t confirm that it’s you. Please try again or use another card.");
  if ((error.type === "card_error" || error.type === "validation_error") && error.message)
    return error.message;
  return t("The card was not accepted. Please try again or use another one.");
}
