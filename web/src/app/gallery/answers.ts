/** What the API would answer to the gallery's components: nothing is asked for. */
import { QueryClient } from "@tanstack/react-query";
import { monthOf } from "@/features/directory/free-slots";
import { ApiProblem } from "@/lib/api/problem";
import { keys } from "@/lib/query-keys";
import * as samples from "./samples";

/** Experts whose times are loading, and could not be loaded. */
export const LOADING = "loading";
export const BROKEN = "broken";

export const PROBLEM = new ApiProblem(503, { code: "service_unavailable" });

export function sampleAnswers(): QueryClient {
  const client = new QueryClient({ defaultOptions: { queries: { enabled: false, staleTime: Infinity } } });
  const set = (key: readonly unknown[], data: unknown) => client.setQueryData([...key], data);
  set(keys.config, samples.CONFIG);
  for (const person of [samples.ADA, samples.GRETA]) set(keys.directory.profile(person.id), samples.EXPERT);
  for (const day of [samples.TODAY, samples.SLOTS.at(-1)?.start_time.slice(0, 10) ?? samples.TODAY])
    set(keys.slots.free(samples.ADA.id, monthOf(day), samples.ZONE), samples.SLOTS);
  set(keys.slots.free(samples.GRETA.id, monthOf(samples.TODAY), samples.ZONE), []);
  const broken = keys.slots.free(BROKEN, monthOf(samples.TODAY), samples.ZONE);
  client.getQueryCache().build(client, { queryKey: broken }).setState({ status: "error", error: PROBLEM });
  set(keys.directory.ratings(samples.ADA.id), {
    pages: [{ items: samples.RATINGS, next_cursor: "more" }],
    pageParams: [""],
  });
  set(keys.directory.ratings(samples.GRETA.id), {
    pages: [{ items: [], next_cursor: null }],
    pageParams: [""],
  });
  const completed = samples.bookingIn("completed");
  set(keys.bookings.timeline(completed.id, completed.updated_at), samples.TIMELINE);
  for (const [id, fee] of [
    ["free", 0],
    ["late", 6000],
  ] as const)
    set(keys.bookings.cancellation(id, "confirmed"), {
      can_cancel: true,
      fee,
      returned: 12_000 - fee,
      currency: "eur",
      free_until: fee ? null : samples.at(1, 600),
      policy: "",
    });
  set(keys.payments.year(new Date(samples.NOW).getUTCFullYear()), {
    items: [{ month: "2026-11", currency: "eur", count: 3, spent: 36_000, refunded: 12_000 }],
  });
  return client;
}
