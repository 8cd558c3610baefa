import { api, body, idempotent } from "@/lib/api/client";
import type { Booking } from "@/lib/api/types";

export type Proposal = NonNullable<Booking["reschedule"]>;

const at = (id: string, key: string) => ({ path: { booking_id: id }, ...idempotent(key) });

export const proposeTime = (
  id: string,
  wanted: { slot_id: string; message: string },
  key: string,
): Promise<Booking> =>
  body(
    api.POST("/bookings/{booking_id}/reschedule", {
      params: at(id, key),
      body: { slot_id: wanted.slot_id, ...(wanted.message ? { message: wanted.message } : {}) },
    }),
  );

export const acceptTime = (id: string, key: string): Promise<Booking> =>
  body(api.POST("/bookings/{booking_id}/reschedule/accept", { params: at(id, key) }));

export const declineTime = (id: string, key: string): Promise<Booking> =>
  body(api.POST("/bookings/{booking_id}/reschedule/decline", { params: at(id, key) }));

export const withdrawTime = (id: string, key: string): Promise<Booking> =>
  body(api.POST("/bookings/{booking_id}/reschedule/withdraw", { params: at(id, key) }));
