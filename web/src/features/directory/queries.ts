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
  type ExpertsPage,
  type Profile,
  type RatingsPage,
  fetchProfile,
  fetchRatings,
  searchExperts,
} from "./api";
import { fromAddress, toQuery } from "./filters";

/** What the gateway writes into a page: `FIRST_SCREEN` and `expert()` in gateway/site. */
const FIRST_LIST = "/consultants?limit=24&sort=relevance";

function firstPage<T>(path: string): InfiniteData<T, string> | undefined {
  const page = firstScreen<T>(path);
  return page === undefined ? undefined : { pages: [page], pageParams: [""] };
}

/** The experts that the filters of `address` leave. */
export const expertsQuery = (address: string) =>
  infiniteQueryOptions({
    queryKey: keys.directory.search(address),
    queryFn: async ({ pageParam, signal }) => {
      const wanted = fromAddress(new URLSearchParams(address));
      if (wanted.when !== "any") await askTheTime();
      return searchExperts(
        { ...toQuery(wanted, serverNow()), ...(pageParam ? { cursor: pageParam } : {}) },
        signal,
      );
    },
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
    initialData: () => (address ? undefined : firstPage<ExpertsPage>(FIRST_LIST)),
  });

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
    initialData: () => firstPage<RatingsPage>(`/consultants/${id}/ratings?limit=10`),
  });
