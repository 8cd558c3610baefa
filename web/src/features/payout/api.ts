import { api, body, bodyOrNull, idempotent } from "@/lib/api/client";

export type PayoutAccount = NonNullable<Awaited<ReturnType<typeof fetchPayoutAccount>>>;
export type Payout = Awaited<ReturnType<typeof fetchPayouts>>["items"][number];

export const fetchPayoutAccount = () => bodyOrNull(api.GET("/payments/connect-account"));
/** Always a fresh link: it works once and only for minutes, so it is asked for when the button is pressed. */
export const startOnboarding = (key: string) =>
  body(api.POST("/payments/connect-account", { params: idempotent(key) }));

export const fetchPayouts = (cursor: string) =>
  body(api.GET("/payments/payouts", { params: { query: { limit: 20, ...(cursor ? { cursor } : {}) } } }));
