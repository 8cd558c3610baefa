import { api, body } from "@/lib/api/client";

export type Presence = Awaited<ReturnType<typeof fetchPresence>>;

const of = (bookingId: string) => ({ path: { booking_id: bookingId } });

export const fetchPresence = (bookingId: string) =>
  body(api.GET("/bookings/{booking_id}/presence", { params: of(bookingId) }));

/** A heartbeat. `gone` is sent with `keepalive`, since the page may be about to disappear. */
export const reportPresence = (bookingId: string, state: "here" | "gone") =>
  body(
    api.POST("/bookings/{booking_id}/presence", {
      params: of(bookingId),
      body: { state },
      keepalive: state === "gone",
    }),
  );
