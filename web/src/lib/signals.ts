/** Signals between the pages of a booking's two parties: not stored, and lost when the other page is not open. */
import { api, body } from "./api/client";
import { onSignal } from "./live";

/** Sends `data` to every page that the other party has open. `keepalive`: also while this page is being left. */
export async function sendSignal(bookingId: string, data: object, keepalive = false): Promise<void> {
  await body(
    api.POST("/bookings/{booking_id}/signals", {
      params: { path: { booking_id: bookingId } },
      body: { data: data as Record<string, never> },
      keepalive,
    }),
  );
}

/** Calls back with the data of each signal of one booking. Returns what ends that. */
export function onSignalOf(bookingId: string, listener: (data: unknown) => void): () => void {
  return onSignal((signal) => {
    if (signal.booking_id === bookingId) listener(signal.data);
  });
}
