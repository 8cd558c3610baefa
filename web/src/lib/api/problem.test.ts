import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { ApiProblem, NoAnswer, fieldErrors, sentence } from "./problem";

const invalid = (...errors: { field: string; message: string }[]) =>
  new ApiProblem(400, { code: "validation_failed", detail: "Not valid.", errors });

describe("the server's complaints", () => {
  it("go to the fields that they name", () => {
    const { fields, rest } = fieldErrors(
      invalid(
        { field: "email", message: "must be an e-mail address" },
        { field: "first_name", message: "is empty" },
      ),
      ["email", "first_name"],
    );
    expect(fields).toEqual({ email: "Must be an e-mail address", first_name: "Is empty" });
    expect(rest).toBeNull();
  });

  it("go to the list's field when they name one of its items", () => {
    expect(
      fieldErrors(invalid({ field: "languages[2]", message: "is unknown" }), ["languages"]).fields,
    ).toEqual({
      languages: "Is unknown",
    });
  });

  it("are shown above the form when no field is theirs", () => {
    expect(fieldErrors(invalid({ field: "role", message: "is odd" }), ["email"]).rest).toBe("Role: is odd");
  });

  it("put a taken address at the address", () => {
    expect(fieldErrors(new ApiProblem(409, { code: "email_taken" }), ["email"]).fields.email).toMatch(
      /already/,
    );
  });
});

type Example = { status: number; code: string };

/** Every problem in the API's description, but for those that only Stripe's own calls can meet. */
function problemsOfTheApi(): Example[] {
  const { paths } = JSON.parse(readFileSync("../gateway/openapi.json", "utf8")) as {
    paths: Record<string, unknown>;
  };
  const found = new Map<string, Example>();
  const look = (part: unknown): void => {
    if (typeof part !== "object" || part === null) return;
    const { code, status } = part as Partial<Example>;
    if (typeof code === "string" && typeof status === "number") found.set(code, { code, status });
    Object.values(part).forEach(look);
  };
  for (const [path, operations] of Object.entries(paths))
    if (!path.startsWith("/webhooks/")) look(operations);
  return [...found.values()];
}

describe("a sentence for people", () => {
  it("there is one for every code of the API, and it is our own", () => {
    const all = problemsOfTheApi();
    expect(all.length).toBeGreaterThan(20);
    for (const { status, code } of all) {
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
});
