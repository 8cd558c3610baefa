import { expect, it } from "vitest";
import { cardProblem } from "./card-problem";

it("a challenge that failed is said in our words", () => {
  for (const code of ["setup_intent_authentication_failure", "payment_intent_authentication_failure"])
    expect(
      cardProblem({ type: "invalid_request_error", code, message: "We are unable to authenticate" }),
    ).toBe("Your bank didn’t confirm that it’s you. Please try again or use another card.");
});

it("what Stripe says of the card itself is passed on, what it says to developers is not", () => {
  const declined = { type: "card_error" as const, code: "card_declined", message: "Your card was declined." };
  expect(cardProblem(declined)).toBe("Your card was declined.");
  expect(cardProblem({ type: "api_error", message: "No such setupintent: seti_1" })).not.toContain("seti_1");
});
