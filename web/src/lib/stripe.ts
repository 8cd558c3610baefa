/**
 * Stripe.js, loaded when a card form opens. With a sandbox the gateway's /config names the sandbox's script; that
 * one is then loaded first, and Stripe's own loader finds it in place. Nothing else differs between the two.
 */
import type { Stripe, StripeElementLocale } from "@stripe/stripe-js";
import { loadStripe } from "@stripe/stripe-js/pure";
import { NotLoaded } from "./api/problem";
import { loadConfig } from "./config";
import type { Language } from "./i18n/languages";
import { readerLocale } from "./i18n/locale";

/** How long a script may take: a connection that breaks without a word would be waited for without end. */
const PATIENCE_MS = 20_000;

/** What Stripe calls our languages; "auto", the browser's own, for one that Stripe does not speak. */
export const STRIPE_LOCALES: Record<Language, StripeElementLocale> = { en: "en", de: "de", ar: "ar" };

let loading: { key: string; language: Language; stripe: Promise<Stripe> } | null = null;

/**
 * Stripe for one publishable key, in the reader's language. Rejects with NotLoaded when its script cannot be had; the next
 * call then tries again.
 */
export function stripeFor(key: string): Promise<Stripe> {
  const { language } = readerLocale();
  if (loading?.key !== key || loading.language !== language) {
    const stripe = within(PATIENCE_MS, load(key, language));
    stripe.catch(() => (loading = null));
    loading = { key, language, stripe };
  }
  return loading.stripe;
}

async function load(key: string, language: Language): Promise<Stripe> {
  const url = (await loadConfig()).stripe_js_url;
  if (url && !("Stripe" in window)) await script(url);
  const stripe = await loadStripe(key, { locale: STRIPE_LOCALES[language] });
  if (!stripe) throw new NotLoaded();
  return stripe;
}

function script(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = url;
    element.addEventListener("load", () => resolve());
    element.addEventListener("error", () => {
      element.remove();
      reject(new NotLoaded());
    });
    document.head.append(element);
  });
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new NotLoaded()), ms);
    work.then(resolve, () => reject(new NotLoaded())).finally(() => clearTimeout(timer));
  });
}
