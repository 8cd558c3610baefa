/** Lists that come in pages: `next_cursor` names the next one, and is absent or null on the last. */
export type ListPage<T> = { items: T[]; next_cursor?: string | null };

/** The items of all pages of a list. `fetchPage` gets no cursor for the first. */
export async function fetchAllPages<T>(
  fetchPage: (cursor: { cursor?: string }) => Promise<ListPage<T>>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: { cursor?: string } | null = {};
  while (cursor !== null) {
    const page: ListPage<T> = await fetchPage(cursor);
    items.push(...page.items);
    cursor = page.next_cursor ? { cursor: page.next_cursor } : null;
  }
  return items;
}
