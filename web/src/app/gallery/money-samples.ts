/** Payments, a receipt and a statement of the samples' two people. */
import type { Payment, ReceiptDetails, Statement, StatementRow } from "@/features/payment/api";
import { ADA, CREATED, GRETA, NOW, at } from "./samples";

export const PAYMENTS: Payment[] = (["captured", "refunded", "released"] as const).map((status, index) => ({
  id: status,
  booking_id: `booking-${index}`,
  consultant: ADA,
  session_date: at(-2 - index, 600),
  amount: 12_000,
  amount_refunded: status === "refunded" ? 12_000 : 0,
  charged: status === "captured" ? 12_000 : 0,
  currency: "eur",
  status,
  created_at: CREATED,
}));

export const RECEIPT: ReceiptDetails = {
  number: "000007",
  booking_id: "019a4a5e-2c00-7c31-9d5e-3f1a2b4c5d6e",
  seeker: GRETA,
  consultant: ADA,
  session_start: at(-2, 600),
  session_end: at(-2, 660),
  reason: "session_ended",
  currency: "eur",
  amount: 12_000,
  amount_refunded: 2000,
  total: 10_000,
  captured_at: at(-2, 661),
  issuer: "Consultant Connect Ltd",
  issuer_address: ["1 High Street", "London"],
  tax_id: "GB 123456789",
  note: null,
};

const STATEMENT_ROWS: StatementRow[] = PAYMENTS.slice(0, 2).map((payment, index) => ({
  captured_at: payment.session_date,
  receipt_number: String(index + 1).padStart(6, "0"),
  booking_id: payment.booking_id,
  other_party: ADA,
  session_start: payment.session_date,
  currency: payment.currency,
  gross_amount: payment.amount,
  refunded_amount: payment.amount_refunded,
  commission_amount: 0,
  net_amount: payment.charged,
}));

export const STATEMENT: Statement = {
  number: String(new Date(NOW).getUTCFullYear()),
  year: new Date(NOW).getUTCFullYear(),
  holder: GRETA,
  issuer: RECEIPT.issuer,
  issuer_address: RECEIPT.issuer_address,
  tax_id: RECEIPT.tax_id,
  note: null,
  items: STATEMENT_ROWS,
  totals: [
    {
      currency: "eur",
      count: STATEMENT_ROWS.length,
      gross_amount: sumOf((row) => row.gross_amount),
      refunded_amount: sumOf((row) => row.refunded_amount),
      commission_amount: 0,
      net_amount: sumOf((row) => row.net_amount),
    },
  ],
};

function sumOf(amount: (row: StatementRow) => number): number {
  return STATEMENT_ROWS.reduce((sum, row) => sum + amount(row), 0);
}
