import { describe, expect, it } from "vitest";
import { describeRate, rateProblem } from "./rate";

const EUR = { code: "eur", exponent: 2, minimum: 50, maximum: 99_999_999, step: 1 };
const KWD = { code: "kwd", exponent: 3, minimum: 500, maximum: 99_999_990, step: 10 };
const problem = (text: string, currency = "eur") => rateProblem(text, currency, [EUR, KWD]);

describe("a rate", () => {
  it.each(["0.50", "120", "999999.99"])("of %s can be saved", (text) => {
    expect(problem(text)).toBeNull();
  });

  it.each([
    ["", "Enter your rate"],
    ["0", "Enter your rate"],
    ["a lot", "Write the rate as a number, for example 1250.00"],
    ["0.49", "The minimum is €0.50"],
    ["1000000", "The maximum is €999,999.99"],
    ["1000000.01", "This is more than we can accept"],
  ])("of “%s” is refused: %s", (text, reason) => {
    expect(problem(text)).toBe(reason);
  });

  it("keeps to the steps of its currency", () => {
    expect(problem("1,000.505", "kwd")).toMatch(/^Use steps of/);
    expect(problem("1,000.510", "kwd")).toBeNull();
  });

  it("is shown with what its consultant earns, once it is a number", () => {
    expect(describeRate("120", "eur", 1500)).toBe(
      "Seekers see €120.00; you earn €102.00 after 15% commission",
    );
    expect(describeRate("a lot", "eur", 1500)).toBe("What an hour with you costs");
  });
});
