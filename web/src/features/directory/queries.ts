/** The directory's queries. A public page brings its first answers along, so that its first render is the whole screen. */
import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
} from "@tanstack/react-query";
import { firstScreen } from "@/lib/api/first-screen";
import { serverNow } from "@/lib/clock";
import { askTheTime } from "@/lib/config";
import { keys } from "@/lib/query-keys";
import {
  type DirectoryQuery,
  type ExpertsPage,
  type Profile,
  type RatingsPage,
  fetchProfile,
  fetchRatings,
  searchExperts,
} from "./api";
import { NO_FILTERS, fromAddress, toQuery } from "./filters";

/** What the gateway writes into a page: `FIRST_SCREEN` and `expert()` in gateway/site. */
const FIRST_LIST = "/consultants?limit=24&sort=relevance";

function firstPage<T, Param>(page: T | undefined, param: Param): InfiniteData<T, Param> | undefined {
  return page === undefined ? undefined : { pages: [page], pageParams: [param] };
}

/** With what was asked for. */
type FoundExperts = ExpertsPage & { query: DirectoryQuery };

/** Where a page begins: after the one before, or with the first of all. */
type ExpertsAfter = { cursor: string; query: DirectoryQuery } | null;

/** The experts that the filters of `address` leave. */
export const expertsQuery = (address: string) =>
  infiniteQueryOptions({
    queryKey: keys.directory.search(address),
    queryFn: async ({ pageParam, signal }): Promise<FoundExperts> => {
      const query = pageParam?.query ?? (await queryOf(address));
      const page = await searchExperts(pageParam ? { ...query, cursor: pageParam.cursor } : query, signal);
      return { ...page, query };
    },
    initialPageParam: null as ExpertsAfter,
    // A cursor is good only for the filters that it was made with, and the times among them go on with the clock.
    getNextPageParam: ({ next_cursor: cursor, query }): ExpertsAfter => (cursor ? { cursor, query } : null),
    placeholderData: keepPreviousData,
    initialData: () => (address ? undefined : firstPage(firstExperts(), null as ExpertsAfter)),
  });

function firstExperts(): FoundExperts | undefined {
  const page = firstScreen<ExpertsPage>(FIRST_LIST);
  return page && { ...page, query: toQuery(NO_FILTERS, serverNow()) };
}

async function queryOf(address: string): Promise<DirectoryQuery> {
  const wanted = fromAddress(new URLSearchParams(address));
  if (wanted.when !== "any") await askTheTime();
  return toQuery(wanted, serverNow());
}

/** One expert's profile; null where there is none. */
export const profileQuery = (id: string) =>
  queryOptions({
    queryKey: keys.directory.profile(id),
    queryFn: () => fetchProfile(id),
    initialData: () => firstScreen<Profile>(`/consultants/${id}/profile`),
  });

/** What seekers said about an expert, newest first. */
export const ratingsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: keys.directory.ratings(id),
    queryFn: ({ pageParam }) => fetchRatings(id, pageParam),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
    initialData: () => firstPage(firstScreen<RatingsPage>(`/consultants/${id}/ratings?limit=10`), ""),
  });
