/**
 * The marketplace's settings: the gateway's pages bring them along, else they are asked for at `GET /config`. Until they
 * are known nothing is said that depends on them.
 */
import { knowsTheTime, serverSaid } from "./clock";
import { learnCurrencies } from "./money";
import { useQuery } from "./query";
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
let brought: Config | null | undefined;

/** The settings that the page has come with, or null. */
function broughtConfig(): Config | null {
  if (brought === undefined) {
    const text = typeof document === "undefined" ? null : document.getElementById("config")?.textContent;
    brought = text ? (JSON.parse(text) as Config) : null;
    if (brought) learnCurrencies(brought.currencies);
  }
  return brought;
}

/** Asked for once. Rejects when there is no answer; the next call then asks again. */
export function loadConfig(): Promise<Config> {
  const known = broughtConfig();
  if (known) return Promise.resolve(known);
  asked ??= askForConfig()
    .then(async (response) => {
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

async function askForConfig(): Promise<Response> {
  const askedAt = Date.now();
  const response = await fetch("/config", { headers: { Accept: "application/json" } });
  serverSaid(response.headers.get("Date"), askedAt);
  return response;
}

/** Learns the server's time from its smallest answer, where no other has told it yet: a page may come with all it shows. */
export async function askTheTime(): Promise<void> {
  if (!knowsTheTime()) await askForConfig().catch(() => undefined);
}

/** For tests, each of which has a server of its own. */
export function forgetConfig(): void {
  asked = null;
  brought = undefined;
}

/** Until the marketplace's own is known. */
const UNKNOWN: Config["brand"] = {
  name: typeof document === "undefined" ? "" : document.title,
  color: "#0f6b60",
  logo_url: null,
};

/** What the marketplace is called, and what it looks like. */
export function useBrand(): Config["brand"] {
  return useConfig()?.brand ?? UNKNOWN;
}

export function useBrandName(): string {
  return useBrand().name;
}

/** The settings, or null until they are known. */
export function useConfig(): Config | null {
  const known = broughtConfig();
  const config = useQuery({
    queryKey: keys.config,
    queryFn: loadConfig,
    staleTime: Infinity,
    retry: true,
    ...(known ? { initialData: known } : {}),
  });
  return config.data ?? null;
}
