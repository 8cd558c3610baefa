import { api, body, bodyOrNull, idempotent } from "@/lib/api/client";
import { asFile, download, forSpreadsheet } from "@/lib/download";

export type CardOnFile = NonNullable<Awaited<ReturnType<typeof fetchCard>>>;
export type Payment = Awaited<ReturnType<typeof fetchPayments>>["items"][number];

export type ReceiptDetails = NonNullable<Awaited<ReturnType<typeof fetchReceipt>>>;
export type Statement = Awaited<ReturnType<typeof fetchStatement>>;
export type StatementRow = Statement["items"][number];

export const fetchCard = () => bodyOrNull(api.GET("/payments/payment-method"));
export const removeCard = () => body(api.DELETE("/payments/payment-method"));
export const newSetup = (key: string) =>
  body(api.POST("/payments/setup-intent", { params: idempotent(key) }));

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

/** What the receipt of a booking says; null where nothing was charged. */
export const fetchReceipt = (bookingId: string) =>
  bodyOrNull(api.GET("/payments/{booking_id}/receipt", { params: { path: { booking_id: bookingId } } }));

export const fetchStatement = (year: number) =>
  body(api.GET("/payments/statement", { params: { query: { year } } }));

/** The same as a PDF. */
export const fetchReceiptFile = (bookingId: string) =>
  download(
    api.GET("/payments/{booking_id}/receipt.pdf", {
      params: { path: { booking_id: bookingId } },
      ...asFile("application/pdf"),
    }),
    `receipt-${bookingId}.pdf`,
  );

/** A row for everything that was paid, or earned, in a year, for a spreadsheet. */
export const fetchStatementTable = (year: number) =>
  download(
    api.GET("/payments/statement.csv", { params: { query: { year } }, ...asFile("text/csv") }),
    `statement-${year}.csv`,
  ).then(forSpreadsheet);

/** The statement of a year as a PDF. */
export const fetchStatementPdf = (year: number) =>
  download(
    api.GET("/payments/statement.pdf", { params: { query: { year } }, ...asFile("application/pdf") }),
    `statement-${year}.pdf`,
  );
