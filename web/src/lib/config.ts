/** The marketplace's settings, from `GET /config`. Until they are known nothing is said that depends on them. */
import { useQuery } from "@tanstack/react-query";
import { serverSaid } from "./clock";
import { learnCurrencies } from "./money";
import { keys } from "./query-keys";

export type Currency = { code: string; exponent: number; minimum: number; maximum: number; step: number };
export type Config = {
  brand: { name: string; color: string; logo_url: string | null };
  currencies: Currency[];
  locales: string[];
  free_period_seconds: number;
  commission_bps: number;
  cancel_free_seconds: number;
  late_cancel_bps: number;
  minimum_slot_seconds: number;
  start_early_seconds: number;
  auto_end_after_seconds: number;
  stripe_publishable_key: string | null;
  stripe_js_url: string | null;
  features: Record<string, boolean>;
};

let asked: Promise<Config> | null = null;

/** Asked for once. Rejects when there is no answer; the next call then asks again. */
export function loadConfig(): Promise<Config> {
  const askedAt = Date.now();
  asked ??= fetch("/config", { headers: { Accept: "application/json" } })
    .then(async (response) => {
      serverSaid(response.headers.get("Date"), askedAt);
      if (!response.ok) throw new Error(`/config answered ${response.status}`);
      const config = (await response.json()) as Config;
      learnCurrencies(config.currencies);
      return config;
    })
    .catch((error: unknown) => {
      asked = null;
      throw error;
    });
  return asked;
}

/** For tests, each of which has a server of its own. */
export function forgetConfig(): void {
  asked = null;
}

/** Until the marketplace's own is known. */
const UNKNOWN: Config["brand"] = { name: siteName(), color: "#0f6b60", logo_url: null };

/** As the gateway writes it into public pages. */
function siteName(): string {
  if (typeof document === "undefined") return "";
  const meta = document.querySelector<HTMLMetaElement>('meta[property="og:site_name"]');
  return meta?.content ?? document.title;
}

/** What the marketplace is called, and what it looks like. */
export function useBrand(): Config["brand"] {
  return useConfig()?.brand ?? UNKNOWN;
}

export function useBrandName(): string {
  return useBrand().name;
}

/** The settings, or null until they are known. */
export function useConfig(): Config | null {
  return (
    useQuery({ queryKey: keys.config, queryFn: loadConfig, staleTime: Infinity, retry: true }).data ?? null
  );
}
