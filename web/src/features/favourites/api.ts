import { api, body } from "@/lib/api/client";

const one = (id: string) => ({ params: { path: { consultant_id: id } } });

type Page = Awaited<ReturnType<typeof fetchPage>>;

const fetchPage = (cursor: string | null) =>
  body(
    api.GET("/consultants/me/favourites", {
      params: { query: { limit: 100, ...(cursor ? { cursor } : {}) } },
    }),
  );

/** All of them: a heart is full or empty wherever in the list its expert is. */
export async function fetchFavourites(): Promise<Page> {
  const items: Page["items"] = [];
  let next: string | null = null;
  do {
    const page: Page = await fetchPage(next);
    items.push(...page.items);
    next = page.next_cursor ?? null;
  } while (next !== null);
  return { items, next_cursor: null };
}

export const addFavourite = (id: string) => body(api.PUT("/consultants/{consultant_id}/favourite", one(id)));

export const removeFavourite = (id: string) =>
  body(api.DELETE("/consultants/{consultant_id}/favourite", one(id)));
