import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CONFIG, server } from "@/test/server";
import { NotLoaded } from "./api/problem";
import { stripeFor } from "./stripe";

const SCRIPT = "http://sandbox.example/v3/";
vi.mock("@stripe/stripe-js/pure", () => ({ loadStripe: async (key: string) => ({ key }) }));

/** The script's element, once the app has asked for it. */
const asked = () => vi.waitUntil(() => document.querySelector<HTMLScriptElement>(`script[src="${SCRIPT}"]`));

beforeEach(() => {
  server({ "GET /config": { ...CONFIG, stripe_js_url: SCRIPT } });
});
afterEach(() => {
  vi.useRealTimers();
  document.head.replaceChildren();
});

describe("Stripe.js", () => {
  it("is loaded once for a key", async () => {
    const both = [stripeFor("pk_test_once"), stripeFor("pk_test_once")];
    (await asked()).dispatchEvent(new Event("load"));
    expect(await Promise.all(both)).toEqual([{ key: "pk_test_once" }, { key: "pk_test_once" }]);
    expect(document.querySelectorAll("script")).toHaveLength(1);
  });

  it("is asked for again after its script broke off", async () => {
    const first = stripeFor("pk_test_broken");
    (await asked()).dispatchEvent(new Event("error"));
    await expect(first).rejects.toBeInstanceOf(NotLoaded);
    const second = stripeFor("pk_test_broken");
    (await asked()).dispatchEvent(new Event("load"));
    expect(await second).toEqual({ key: "pk_test_broken" });
  });

  it("is not waited for without end", async () => {
    vi.useFakeTimers();
    const lost = expect(stripeFor("pk_test_silent")).rejects.toBeInstanceOf(NotLoaded);
    await vi.advanceTimersByTimeAsync(30_000);
    await lost;
  });
});
