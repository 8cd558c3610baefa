import { api, body, once } from "@/lib/api/client";
import { fetchAllPages } from "@/lib/api/pages";
import type { Slot } from "@/features/directory/api";

export type { Slot };
export type NewSlot = { start_time: string; end_time: string };

/** All slots of a span of days, the booked too. */
export const fetchMySlots = (from: string, to: string): Promise<Slot[]> =>
  fetchAllPages((cursor) =>
    body(api.GET("/consultants/me/availability", { params: { query: { from, to, limit: 100, ...cursor } } })),
  );

export const addSlots = (slots: NewSlot[], key: string) =>
  body(api.POST("/consultants/me/availability", { params: once(key), body: { slots } }));

export const removeSlot = (id: string) =>
  body(api.DELETE("/consultants/me/availability/{slot_id}", { params: { path: { slot_id: id } } }));
