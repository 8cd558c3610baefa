import { useTranslation } from "react-i18next";
import type { Booking } from "@/lib/api/types";
import { fetchReceipt } from "./api";
import { DownloadButton } from "./download-button";

/** Whether something was charged, so that there is a receipt. */
export function hasReceipt(status: string): boolean {
  return ["captured", "refunded", "disputed"].includes(status);
}

/** The receipt of a booking as a PDF, for both of its people; nothing where nothing was charged. */
export function Receipt({ booking }: { booking: Pick<Booking, "id" | "payment_status"> }) {
  const { t } = useTranslation();
  if (!hasReceipt(booking.payment_status)) return null;
  return <DownloadButton label={t("Receipt (PDF)")} fetch={() => fetchReceipt(booking.id)} />;
}
