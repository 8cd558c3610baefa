import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { useLocale } from "../i18n/locale";
import { ApiProblem, type FieldError, NoAnswer, fieldErrors, sentence } from "./problem";

const invalid = (...errors: FieldError[]) =>
  new ApiProblem(400, { code: "validation_failed", detail: "Not valid.", errors });

describe("the server's complaints", () => {
  it("go to the fields that they name", () => {
    const { fields, rest } = fieldErrors(
      invalid(
        { field: "email", message: "Must be an e-mail address." },
        { field: "first_name", message: "Must not be blank." },
      ),
      ["email", "first_name"],
    );
    expect(fields).toEqual({ email: "Must be an e-mail address", first_name: "Must not be blank" });
    expect(rest).toBeNull();
  });

  it("go to the list's field when they name one of its items", () => {
    expect(
      fieldErrors(invalid({ field: "languages[2]", message: "This is unknown." }), ["languages"]).fields,
    ).toEqual({
      languages: "This is unknown",
    });
  });

  it("are shown above the form when no field is theirs", () => {
    expect(fieldErrors(invalid({ field: "role", message: "This is odd." }), ["email"]).rest).toBe(
      "Role: This is odd",
    );
  });

  it("are worded by their code and numbers, not as the API puts it", () => {
    const message = "Must have at most 50 characters.";
    const tooLong = { message, code: "too_long", params: { max: 50 } };
    const problem = invalid({ field: "first_name", ...tooLong }, { field: "slots[0].end_time", ...tooLong });
    expect(fieldErrors(problem, ["first_name"])).toEqual({
      fields: { first_name: "At most 50 characters" },
      rest: "End: At most 50 characters",
    });
    expect(sentence(problem)).toBe("First name: At most 50 characters. End: At most 50 characters.");
  });

  it("are said in general terms in another language when there is no code", () => {
    useLocale.setState({ language: "de", locale: "de-DE" });
    const { fields } = fieldErrors(invalid({ field: "headline", message: "This is odd." }), ["headline"]);
    expect(fields).toEqual({ headline: "This isn’t valid" });
    useLocale.setState({ language: "en", locale: "en-GB" });
  });

  it("put a taken address at the address", () => {
    expect(fieldErrors(new ApiProblem(409, { code: "email_taken" }), ["email"]).fields.email).toMatch(
      /already/,
    );
  });
});

describe("a wrong current password", () => {
  const problem = new ApiProblem(401, { code: "invalid_credentials" });

  it("is said at its field, without a word of the e-mail address", () => {
    expect(fieldErrors(problem, ["new_email", "current_password"])).toEqual({
      fields: { current_password: "This isn’t your current password" },
      rest: null,
    });
  });

  it("is said of address and password together where one logs in", () => {
    expect(fieldErrors(problem, ["email", "password"])).toEqual({
      fields: {},
      rest: "The e-mail address or password is incorrect.",
    });
  });
});

type Operation = { responses: Record<string, { "x-problem-codes"?: string[] }> };

/** Status by code of every problem in the API's description, but for those that only Stripe's own calls can meet. */
function problemsOfTheApi(): Map<string, number> {
  const { paths } = JSON.parse(readFileSync("../gateway/openapi.json", "utf8")) as {
    paths: Record<string, Record<string, Operation>>;
  };
  const found = new Map<string, number>();
  for (const [path, operations] of Object.entries(paths)) {
    if (path.startsWith("/webhooks/")) continue;
    for (const { responses } of Object.values(operations))
      for (const [status, response] of Object.entries(responses))
        for (const code of response["x-problem-codes"] ?? []) found.set(code, Number(status));
  }
  return found;
}

describe("a sentence for people", () => {
  it("there is one for every code of the API, and it is our own", () => {
    const all = problemsOfTheApi();
    expect(all.size).toBeGreaterThan(20);
    for (const [code, status] of all) {
      const said = sentence(new ApiProblem(status, { code, detail: "As the server puts it" }));
      expect(said, code).toMatch(/^[A-Z].+[.?]$/);
      expect(said, code).not.toMatch(new RegExp(`As the server|${code.includes("_") ? code : "_"}`));
      if (status >= 500) expect(said, code).not.toBe(sentence(new ApiProblem(500, {})));
    }
  });

  it("keeps the server's own words for a code that is new", () => {
    expect(sentence(new ApiProblem(409, { code: "brand_new", detail: "The moon is full." }))).toBe(
      "The moon is full.",
    );
  });

  it("shows nothing internal of a failure", () => {
    expect(sentence(new ApiProblem(500, { detail: "SELECT * FROM users" }))).not.toContain("SELECT");
    expect(sentence(new Error("undefined is not a function"))).not.toContain("undefined");
  });

  it("tells a server that is away from a network that is gone", () => {
    vi.stubGlobal("navigator", { onLine: true });
    expect(sentence(new NoAnswer())).toMatch(/can’t reach the server/);
    vi.stubGlobal("navigator", { onLine: false });
    expect(sentence(new NoAnswer())).toMatch(/You’re offline/);
    vi.unstubAllGlobals();
  });

  it("says how long to wait", () => {
    const headers = new Headers({ "Retry-After": "17" });
    expect(sentence(new ApiProblem(429, { code: "rate_limited" }, headers))).toContain("17 seconds");
  });

  it.each([
    ["89", "in 89 seconds"],
    ["90", "in 2 minutes"],
    ["3127", "in 53 minutes"],
  ])("says a wait of %s seconds as: %s", (wait, words) => {
    const headers = new Headers({ "Retry-After": wait });
    expect(sentence(new ApiProblem(429, { code: "rate_limited" }, headers))).toContain(words);
  });
});
