import { api, body, idempotent } from "@/lib/api/client";
import { asFile, download } from "@/lib/download";

/** A booking as a calendar file. Its UID is that of the mails, and each change has a number, so calendars keep one entry. */
export const fetchCalendarFile = (bookingId: string) =>
  download(
    api.GET("/bookings/{booking_id}/calendar.ics", {
      params: { path: { booking_id: bookingId } },
      ...asFile("text/calendar"),
    }),
    `session-${bookingId}.ics`,
  );

/** A new address of one's calendar, which voids the one before. It is told only once. */
export const createFeed = (key: string) => body(api.POST("/calendar/feed", { params: idempotent(key) }));

/** Voids the address. */
export const removeFeed = () => body(api.DELETE("/calendar/feed"));
