import { api, body, once } from "@/lib/api/client";

export const rateSession = (id: string, score: number, comment: string, key: string) =>
  body(
    api.POST("/bookings/{booking_id}/rating", {
      params: { path: { booking_id: id }, ...once(key) },
      body: comment ? { score, comment } : { score },
    }),
  );

export const replyToRating = (id: string, text: string, key: string) =>
  body(
    api.POST("/bookings/{booking_id}/rating/reply", {
      params: { path: { booking_id: id }, ...once(key) },
      body: { body: text },
    }),
  );
