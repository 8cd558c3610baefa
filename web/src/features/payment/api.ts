import { api, body, bodyOrNull, once } from "@/lib/api/client";

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
