import { api, body, bodyOrNull } from "@/lib/api/client";
import { fetchAllPages } from "@/lib/api/pages";
import type { Answer, Query } from "@/lib/api/types";

export type ExpertsPage = Answer<"/consultants", "get">;
export type Expert = ExpertsPage["items"][number];
export type Profile = Answer<"/consultants/{consultant_id}/profile", "get">;
export type RatingsPage = Answer<"/consultants/{consultant_id}/ratings", "get">;
export type Rating = RatingsPage["items"][number];
export type Slot = Answer<"/consultants/{consultant_id}/availability", "get">["items"][number];
export type DirectoryQuery = Query<"/consultants", "get">;

export const searchExperts = (query: DirectoryQuery, signal: AbortSignal) =>
  body(api.GET("/consultants", { params: { query }, signal }));

export const fetchProfile = (id: string): Promise<Profile | null> =>
  bodyOrNull(api.GET("/consultants/{consultant_id}/profile", { params: { path: { consultant_id: id } } }));

export const fetchRatings = (id: string, cursor: string) =>
  body(
    api.GET("/consultants/{consultant_id}/ratings", {
      params: { path: { consultant_id: id }, query: { limit: 10, ...(cursor ? { cursor } : {}) } },
    }),
  );

/** All free slots of a span of days. */
export const fetchFreeSlots = (id: string, from: string, to: string): Promise<Slot[]> =>
  fetchAllPages((cursor) =>
    body(
      api.GET("/consultants/{consultant_id}/availability", {
        params: { path: { consultant_id: id }, query: { from, to, limit: 100, ...cursor } },
      }),
    ),
  );
