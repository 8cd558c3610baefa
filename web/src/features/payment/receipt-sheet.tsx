import { useTranslation } from "react-i18next";
import { fullName } from "@/components/ui/person";
import { msg } from "@/lib/i18n/i18n";
import { money } from "@/lib/money";
import { dateTime, span, zoneName } from "@/lib/time";
import { useZone } from "@/lib/zone";
import type { ReceiptDetails } from "./api";
import { Fact } from "./fact";
import { Issuer } from "./issuer";
import classes from "./sheet.module.css";

const REASONS: Record<string, string> = {
  session_ended: msg("Expert session"),
  cancelled: msg("Late cancellation of an expert session"),
  no_show: msg("Missed expert session"),
};

/** A receipt as it is printed: who sold what to whom, what was paid, and who issues it. */
export function ReceiptSheet({ receipt }: { receipt: ReceiptDetails }) {
  const { t } = useTranslation();
  const zone = useZone();
  const of = (amount: number) => money(amount, receipt.currency);
  const zoneAt = (at: string) => zoneName(zone, Date.parse(at));
  return (
    <article
      className={`card ${classes.sheet}`}
      aria-label={t("Receipt {number}", { number: receipt.number })}
    >
      <dl className={classes.facts}>
        <Fact name={t("Date")}>
          {dateTime(receipt.captured_at, zone, { year: "always" })}{" "}
          <small>{zoneAt(receipt.captured_at)}</small>
        </Fact>
        <Fact name={t("Seller")}>{fullName(receipt.consultant)}</Fact>
        <Fact name={t("Buyer")}>{fullName(receipt.seeker)}</Fact>
        <Fact name={t("Booking")}>{receipt.booking_id}</Fact>
        <Fact name={t(REASONS[receipt.reason] ?? msg("Expert session"))}>
          {span(receipt.session_start, receipt.session_end, zone, { year: "always" })}{" "}
          <small>{zoneAt(receipt.session_start)}</small>
        </Fact>
      </dl>
      <dl className={classes.amounts}>
        <Fact name={t("Charged to the card")}>{of(receipt.amount)}</Fact>
        {receipt.amount_refunded > 0 && (
          <Fact name={t("Returned to the card")}>{`−${of(receipt.amount_refunded)}`}</Fact>
        )}
        <Fact name={t("Total paid")} main>
          {of(receipt.total)}
        </Fact>
      </dl>
      <Issuer
        line={t("Issued by {issuer} on behalf of the seller", { issuer: receipt.issuer })}
        of={receipt}
      />
    </article>
  );
}
