/** The directory's filters live in the address, so that a search can be shared, reloaded and gone back to. */
import { msg } from "@/lib/i18n/i18n";
import { toMinor } from "@/lib/money";
import { DAY, HOUR } from "@/lib/time";
import type { DirectoryQuery } from "./api";

export const SORTS = {
  relevance: msg("Best match"),
  rating: msg("Best rated"),
  rate: msg("Lowest rate"),
  newest: msg("Newest"),
};
export const WHEN = {
  any: msg("Any time"),
  "2h": msg("In the next 2 hours"),
  today: msg("In the next 24 hours"),
  week: msg("Within a week"),
};
export type Sort = keyof typeof SORTS;
export type When = keyof typeof WHEN;

export type Filters = {
  search: string;
  tag: string;
  language: string;
  rating: number;
  /** In major units of the currency: what people type. */
  maxRate: number;
  when: When;
  sort: Sort;
};

export const NO_FILTERS: Filters = {
  search: "",
  tag: "",
  language: "",
  rating: 0,
  maxRate: 0,
  when: "any",
  sort: "relevance",
};

export function fromAddress(params: URLSearchParams): Filters {
  const sort = params.get("sort") ?? "";
  const when = params.get("when") ?? "";
  return {
    search: params.get("q") ?? "",
    tag: params.get("tag") ?? "",
    language: params.get("language") ?? "",
    rating: within(Number(params.get("rating")), 5),
    maxRate: within(Number(params.get("rate")), 1_000_000),
    when: Object.hasOwn(WHEN, when) ? (when as When) : "any",
    sort: Object.hasOwn(SORTS, sort) ? (sort as Sort) : "relevance",
  };
}

export function toAddress(filters: Filters): URLSearchParams {
  const params = new URLSearchParams();
  if (filters.search.trim()) params.set("q", filters.search.trim());
  if (filters.tag) params.set("tag", filters.tag);
  if (filters.language) params.set("language", filters.language);
  if (filters.rating) params.set("rating", String(filters.rating));
  if (filters.maxRate) params.set("rate", String(filters.maxRate));
  if (filters.when !== "any") params.set("when", filters.when);
  if (filters.sort !== "relevance") params.set("sort", filters.sort);
  return params;
}

/** How many filters besides the words narrow the list. */
export function narrowing(filters: Filters): number {
  return [filters.tag, filters.language, filters.rating, filters.maxRate, filters.when !== "any"].filter(
    Boolean,
  ).length;
}

export function toQuery(filters: Filters, now: number): DirectoryQuery {
  // Times are rounded, so that coming back within minutes finds the answer that is still in memory.
  const from = Math.ceil(now / (5 * 60_000)) * 5 * 60_000;
  const ahead = { any: 0, "2h": 2 * HOUR, today: DAY, week: 7 * DAY }[filters.when];
  return {
    limit: 24,
    sort: filters.sort,
    ...(filters.search.trim() ? { search: filters.search.trim() } : {}),
    ...(filters.tag ? { tag: [filters.tag] } : {}),
    ...(filters.language ? { language: filters.language } : {}),
    ...(filters.rating ? { min_rating: filters.rating } : {}),
    ...(filters.maxRate ? { max_hourly_rate: toMinor(filters.maxRate, "eur") } : {}),
    ...(ahead
      ? {
          available_from: new Date(from).toISOString(),
          available_to: new Date(from + ahead).toISOString(),
        }
      : {}),
  };
}

function within(value: number, highest: number): number {
  return Number.isFinite(value) && value > 0 ? Math.min(value, highest) : 0;
}
