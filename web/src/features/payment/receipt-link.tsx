import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import { t } from "@/lib/i18n/i18n";
import { dateTime } from "@/lib/time";
import { useZone } from "@/lib/zone";

type Props = { bookingId: string; sessionDate: string; name: string };

/** From a row of money to its receipt. */
export function ReceiptLink({ bookingId, sessionDate, name }: Props) {
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
