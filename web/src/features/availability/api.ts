import { api, body, idempotent } from "@/lib/api/client";
import type { Slot } from "@/features/directory/api";

export type { Slot };
export type NewSlot = { start_time: string; end_time: string };

/** All slots of a span of days, the booked too; follows the pages. */
export async function fetchMySlots(from: string, to: string): Promise<Slot[]> {
  const found: Slot[] = [];
  let cursor: string | null | undefined = null;
  do {
    const page: { items: Slot[]; next_cursor?: string | null } = await body(
      api.GET("/consultants/me/availability", {
        params: { query: { from, to, limit: 100, ...(cursor ? { cursor } : {}) } },
      }),
    );
    found.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return found;
}

export const addSlots = (slots: NewSlot[], key: string) =>
  body(api.POST("/consultants/me/availability", { params: idempotent(key), body: { slots } }));

export const removeSlot = (id: string) =>
  body(api.DELETE("/consultants/me/availability/{slot_id}", { params: { path: { slot_id: id } } }));
