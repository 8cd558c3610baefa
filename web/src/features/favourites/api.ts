import { api, body } from "@/lib/api/client";

const one = (id: string) => ({ params: { path: { consultant_id: id } } });

/** Beyond a hundred nobody looks: the rest is left out. */
export const fetchFavourites = () =>
  body(api.GET("/consultants/me/favourites", { params: { query: { limit: 100 } } }));

export const addFavourite = (id: string) => body(api.PUT("/consultants/{consultant_id}/favourite", one(id)));

export const removeFavourite = (id: string) =>
  body(api.DELETE("/consultants/{consultant_id}/favourite", one(id)));
