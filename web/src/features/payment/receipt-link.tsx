import { Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { dateTime } from "@/lib/time";
import { useZone } from "@/lib/zone";

type Props = { bookingId: string; sessionDate: string; name: string };

/** From a row of money to its receipt. */
export function ReceiptLink({ bookingId, sessionDate, name }: Props) {
  const { t } = useTranslation();
  const zone = useZone();
  return (
    <Anchor
      component={Link}
      to={`/receipts/${bookingId}`}
      aria-label={t("Receipt for {day}, {name}", { day: dateTime(sessionDate, zone), name })}
    >
      {t("Receipt")}
    </Anchor>
  );
}
