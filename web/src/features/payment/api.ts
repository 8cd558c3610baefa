import { api, body, bodyOrNull, once } from "@/lib/api/client";
import { file } from "@/lib/download";

export type CardOnFile = NonNullable<Awaited<ReturnType<typeof fetchCard>>>;
export type Payment = Awaited<ReturnType<typeof fetchPayments>>["items"][number];

export const fetchCard = () => bodyOrNull(api.GET("/payments/payment-method"));
export const removeCard = () => body(api.DELETE("/payments/payment-method"));
export const newSetup = (key: string) => body(api.POST("/payments/setup-intent", { params: once(key) }));

export const fetchPayments = (cursor: string) =>
  body(api.GET("/payments/history", { params: { query: { limit: 20, ...(cursor ? { cursor } : {}) } } }));

export const fetchSummary = (from?: string, to?: string) =>
  body(
    api.GET("/payments/summary", {
      params: { query: { ...(from ? { from } : {}), ...(to ? { to } : {}) } },
    }),
  );

export const fetchAuthentication = (bookingId: string) =>
  body(api.GET("/payments/{booking_id}/authentication", { params: { path: { booking_id: bookingId } } }));

const asFile = (type: string) => ({ parseAs: "blob", headers: { Accept: type } }) as const;

/** The receipt of a booking for which something was charged. */
export const fetchReceipt = (bookingId: string) =>
  file(
    api.GET("/payments/{booking_id}/receipt.pdf", {
      params: { path: { booking_id: bookingId } },
      ...asFile("application/pdf"),
    }),
    `receipt-${bookingId}.pdf`,
  );

/** A row for everything that was paid, or earned, in a year. */
export const fetchStatement = (year: number) =>
  file(
    api.GET("/payments/statement.csv", { params: { query: { year } }, ...asFile("text/csv") }),
    `statement-${year}.csv`,
  );
