import { api, body, once } from "@/lib/api/client";
import { fetchAllPages } from "@/lib/api/pages";
import { ApiProblem } from "@/lib/api/problem";
import type { Booking } from "@/lib/api/types";

export type { Booking };
export type Status = Booking["status"];
export type TimelineEntry = Awaited<ReturnType<typeof fetchTimeline>>[number];
export type Cancellation = Awaited<ReturnType<typeof fetchCancellation>>;

/** Something is still to happen. */
export const ACTIVE: readonly Status[] = [
  "requested",
  "accepted",
  "payment_failed",
  "confirmed",
  "in_progress",
];
/** Nothing changes any more, but for its payment and rating. */
export const OVER: readonly Status[] = ["completed", "declined", "cancelled", "expired", "no_show"];

export const fetchBookings = (
  query: { status?: Status[]; limit?: number; cursor?: string },
  signal?: AbortSignal,
) => body(api.GET("/bookings/me", { params: { query }, signal: signal ?? null }));

export const fetchBooking = (id: string, signal?: AbortSignal): Promise<Booking> =>
  body(api.GET("/bookings/{booking_id}", { params: { path: { booking_id: id } }, signal: signal ?? null }));

/** All of them, the latest request first. */
export const fetchActiveBookings = (signal?: AbortSignal): Promise<Booking[]> =>
  fetchAllPages((cursor) => fetchBookings({ status: [...ACTIVE], limit: 100, ...cursor }, signal));

/** All that happened to a booking. */
export const fetchTimeline = (id: string) =>
  fetchAllPages((cursor) =>
    body(
      api.GET("/bookings/{booking_id}/timeline", {
        params: { path: { booking_id: id }, query: { limit: 100, ...cursor } },
      }),
    ),
  );

export const fetchCancellation = (id: string) =>
  body(api.GET("/bookings/{booking_id}/cancellation", { params: { path: { booking_id: id } } }));

/** Whether a request was refused because somebody else has the time already. */
export const isSlotTaken = (error: unknown): boolean =>
  error instanceof ApiProblem && error.code === "slot_unavailable";

export const requestBooking = (
  wanted: { consultant_id: string; slot_id: string; message?: string },
  key: string,
): Promise<Booking> => body(api.POST("/bookings", { params: once(key), body: wanted }));

const at = (id: string, key: string) => ({ path: { booking_id: id }, ...once(key) });

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
