import { api, body, once } from "@/lib/api/client";
import { fetchAllPages } from "@/lib/api/pages";

export type Message = Awaited<ReturnType<typeof fetchMessages>>[number];

const of = (bookingId: string) => ({ path: { booking_id: bookingId } });

/** All messages of a booking, oldest first. */
export const fetchMessages = (bookingId: string) =>
  fetchAllPages((cursor) =>
    body(
      api.GET("/bookings/{booking_id}/messages", {
        params: { ...of(bookingId), query: { limit: 100, ...cursor } },
      }),
    ),
  );

export const postMessage = (bookingId: string, text: string, key: string) =>
  body(
    api.POST("/bookings/{booking_id}/messages", {
      params: { ...of(bookingId), ...once(key) },
      body: { body: text },
    }),
  );

export const markMessagesRead = (bookingId: string, upTo: string) =>
  body(api.POST("/bookings/{booking_id}/messages/read", { params: of(bookingId), body: { up_to: upTo } }));
