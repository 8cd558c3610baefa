import { api, body, idempotent } from "@/lib/api/client";
import type { Booking } from "@/lib/api/types";

export type { Booking };
export type Status = Booking["status"];
export type TimelineEntry = Awaited<ReturnType<typeof fetchTimeline>>[number];
export type Cancellation = Awaited<ReturnType<typeof fetchCancellation>>;

export const LIVE: readonly Status[] = [
  "requested",
  "accepted",
  "payment_failed",
  "confirmed",
  "in_progress",
];
export const OVER: readonly Status[] = ["completed", "declined", "cancelled", "expired", "no_show"];

export const fetchBookings = (
  query: { status?: Status[]; limit?: number; cursor?: string },
  signal?: AbortSignal,
) => body(api.GET("/bookings/me", { params: { query }, signal: signal ?? null }));

export const fetchBooking = (id: string, signal?: AbortSignal): Promise<Booking> =>
  body(api.GET("/bookings/{booking_id}", { params: { path: { booking_id: id } }, signal: signal ?? null }));

export const fetchTimeline = async (id: string) =>
  (
    await body(
      api.GET("/bookings/{booking_id}/timeline", {
        params: { path: { booking_id: id }, query: { limit: 100 } },
      }),
    )
  ).items;

export const fetchCancellation = (id: string) =>
  body(api.GET("/bookings/{booking_id}/cancellation", { params: { path: { booking_id: id } } }));

export const requestBooking = (
  wanted: { consultant_id: string; slot_id: string; message?: string },
  key: string,
): Promise<Booking> => body(api.POST("/bookings", { params: idempotent(key), body: wanted }));

const at = (id: string, key: string) => ({ path: { booking_id: id }, ...idempotent(key) });

export const acceptBooking = (id: string, key: string): Promise<Booking> =>
  body(api.POST("/bookings/{booking_id}/accept", { params: at(id, key) }));

export const declineBooking = (id: string, reason: string, key: string): Promise<Booking> =>
  body(api.POST("/bookings/{booking_id}/decline", { params: at(id, key), body: reason ? { reason } : {} }));

export const cancelBooking = (id: string, reason: string, key: string): Promise<Booking> =>
  body(api.POST("/bookings/{booking_id}/cancel", { params: at(id, key), body: reason ? { reason } : {} }));

export const retryPayment = (id: string, key: string): Promise<Booking> =>
  body(api.POST("/bookings/{booking_id}/retry-payment", { params: at(id, key) }));

export const startSession = (id: string, key: string): Promise<Booking> =>
  body(api.POST("/bookings/{booking_id}/start", { params: at(id, key) }));

export const endSession = (id: string, key: string): Promise<Booking> =>
  body(api.POST("/bookings/{booking_id}/end", { params: at(id, key) }));
