import { api, body } from "@/lib/api/client";
import { fetchAllPages } from "@/lib/api/pages";

const one = (id: string) => ({ params: { path: { consultant_id: id } } });

/** All of them: a heart is full or empty wherever in the list its expert is. */
export const fetchFavourites = () =>
  fetchAllPages((cursor) =>
    body(api.GET("/consultants/me/favourites", { params: { query: { limit: 100, ...cursor } } })),
  );

export const addFavourite = (id: string) => body(api.PUT("/consultants/{consultant_id}/favourite", one(id)));

export const removeFavourite = (id: string) =>
  body(api.DELETE("/consultants/{consultant_id}/favourite", one(id)));
