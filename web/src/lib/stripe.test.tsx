import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CONFIG, server } from "@/test/server";
import { NotLoaded } from "./api/problem";
import { useLocale } from "./i18n/locale";
import { stripeFor } from "./stripe";

const SCRIPT = "http://sandbox.example/v3/";
const { loadStripe } = vi.hoisted(() => ({ loadStripe: vi.fn() }));
vi.mock("@stripe/stripe-js/pure", () => ({ loadStripe }));

/** The script's element, once the app has asked for it. */
const asked = () => vi.waitUntil(() => document.querySelector<HTMLScriptElement>(`script[src="${SCRIPT}"]`));

beforeEach(() => {
  loadStripe.mockReset().mockImplementation(async (key: string) => ({ key }));
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

  it("speaks the language that the reader has chosen", async () => {
    const load = async () => {
      const stripe = stripeFor("pk_test_language");
      (await asked()).dispatchEvent(new Event("load"));
      await stripe;
      document.head.replaceChildren();
      return loadStripe.mock.lastCall;
    };
    expect(await load()).toEqual(["pk_test_language", { locale: "en" }]);
    useLocale.setState({ language: "de", locale: "de-DE" });
    expect(await load()).toEqual(["pk_test_language", { locale: "de" }]);
    useLocale.setState({ language: "en", locale: "en-GB" });
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
