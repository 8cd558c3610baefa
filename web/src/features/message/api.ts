import { api, body, idempotent } from "@/lib/api/client";

export type Message = Awaited<ReturnType<typeof fetchMessages>>[number];

const of = (bookingId: string) => ({ path: { booking_id: bookingId } });

/** All messages of a booking, oldest first; follows the pages. */
export async function fetchMessages(bookingId: string) {
  const found = [];
  let cursor: string | null | undefined = null;
  do {
    const page: Awaited<ReturnType<typeof fetchPage>> = await fetchPage(bookingId, cursor);
    found.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return found;
}

const fetchPage = (bookingId: string, cursor: string | null) =>
  body(
    api.GET("/bookings/{booking_id}/messages", {
      params: { ...of(bookingId), query: { limit: 100, ...(cursor ? { cursor } : {}) } },
    }),
  );

export const postMessage = (bookingId: string, text: string, key: string) =>
  body(
    api.POST("/bookings/{booking_id}/messages", {
      params: { ...of(bookingId), ...idempotent(key) },
      body: { body: text },
    }),
  );

export const markMessagesRead = (bookingId: string, upTo: string) =>
  body(api.POST("/bookings/{booking_id}/messages/read", { params: of(bookingId), body: { up_to: upTo } }));
