/**
 * Stripe.js, loaded when a card form opens. With a sandbox the gateway's /config.json names the sandbox's script; that
 * one is then loaded first, and Stripe's own loader finds it in place. Nothing else differs between the two.
 */
import type { Stripe } from "@stripe/stripe-js";
import { loadStripe } from "@stripe/stripe-js/pure";
import { settings } from "./settings";

let loading: { key: string; stripe: Promise<Stripe | null> } | null = null;

/** Stripe for one publishable key. Rejects when its script cannot be loaded; the next call then tries again. */
export function stripeFor(key: string): Promise<Stripe | null> {
  if (loading?.key !== key) {
    const stripe = standIn().then(() => loadStripe(key));
    stripe.catch(() => (loading = null));
    loading = { key, stripe };
  }
  return loading.stripe;
}

async function standIn(): Promise<void> {
  const url = (await settings())["stripe_js_url"];
  if (typeof url !== "string" || "Stripe" in window) return;
  await new Promise<void>((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => {
      script.remove();
      reject(new Error("The card form could not be loaded."));
    });
    document.head.append(script);
  });
}
