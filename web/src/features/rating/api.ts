import { api, body, idempotent } from "@/lib/api/client";

export const rateSession = (id: string, score: number, comment: string, key: string) =>
  body(
    api.POST("/bookings/{booking_id}/rating", {
      params: { path: { booking_id: id }, ...idempotent(key) },
      body: comment ? { score, comment } : { score },
    }),
  );

export const replyToRating = (id: string, text: string, key: string) =>
  body(
    api.POST("/bookings/{booking_id}/rating/reply", {
      params: { path: { booking_id: id }, ...idempotent(key) },
      body: { body: text },
    }),
  );
