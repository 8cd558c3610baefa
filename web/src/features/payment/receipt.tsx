import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Booking } from "@/lib/api/types";

/** Whether something was charged, so that there is a receipt. */
export function hasReceipt(status: string): boolean {
  return ["captured", "refunded", "disputed"].includes(status);
}

/** The way to a booking's receipt, for both of its people; nothing where nothing was charged. */
export function Receipt({ booking }: { booking: Pick<Booking, "id" | "payment_status"> }) {
  const { t } = useTranslation();
  if (!hasReceipt(booking.payment_status)) return null;
  return (
    <Button component={Link} to={`/receipts/${booking.id}`} variant="default">
      {t("Receipt")}
    </Button>
  );
}
