// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { problem, server } from "@/test/server";
import { session } from "@/test/sessions";
import { api, body } from "./client";
import { NoAnswer } from "./problem";
import { signIn, signOut } from "./session";

const PASSWORD = "/users/me/password";
const change = () =>
  body(api.POST(PASSWORD, { body: { current_password: "a guess", new_password: "a few new words" } }));

beforeEach(() => {
  localStorage.clear();
  signOut();
  signIn(session("one"));
});

describe("a request that is refused with 401", () => {
  it("is sent again with a new token when the token was not good any more", async () => {
    const { to } = server({
      [`POST ${PASSWORD}`]: ({ headers }) =>
        headers.get("Authorization") === "Bearer two" ? null : problem(401, "unauthenticated"),
      "POST /users/refresh": session("two"),
    });
    await change();
    expect(to("POST", PASSWORD)).toHaveLength(2);
  });

  it("is sent once when it was the password that was wrong: every try counts", async () => {
    const { to } = server({ [`POST ${PASSWORD}`]: problem(401, "invalid_credentials") });
    await expect(change()).rejects.toMatchObject({ code: "invalid_credentials" });
    expect(to("POST", PASSWORD)).toHaveLength(1);
    expect(to("POST", "/users/refresh")).toHaveLength(0);
  });
});

describe("a request that is never answered", () => {
  const never = (_: Request, { signal }: RequestInit = {}) =>
    new Promise<Response>((_resolve, reject) => {
      const abort = () => reject(new DOMException("aborted", "AbortError"));
      if (signal?.aborted) abort();
      signal?.addEventListener("abort", abort);
    });

  it("fails after a minute, as one whose connection was lost", async () => {
    vi.useFakeTimers();
    vi.stubGlobal("fetch", vi.fn(never));
    const failed = expect(body(api.GET("/users/me"))).rejects.toBeInstanceOf(NoAnswer);
    await vi.advanceTimersByTimeAsync(60_000);
    await failed;
    vi.useRealTimers();
  });

  it("ends with its reader", async () => {
    vi.stubGlobal("fetch", vi.fn(never));
    const reader = new AbortController();
    const failed = expect(body(api.GET("/users/me", { signal: reader.signal }))).rejects.toMatchObject({
      name: "AbortError",
    });
    reader.abort();
    await failed;
  });
});
