import { useTranslation } from "react-i18next";
import type { User } from "@/lib/api/types";
import { formatNumber } from "@/lib/i18n/numbers";
import { money } from "@/lib/money";
import type { Statement } from "./api";
import { Fact } from "./fact";
import classes from "./statement.module.css";

type Props = { totals: Statement["totals"]; side: User["role"] };

/** The sums of each currency, as the API has reckoned them. */
export function StatementTotals({ totals, side }: Props) {
  const { t } = useTranslation();
  return (
    <div className={classes.totals}>
      {totals.map((one) => {
        const of = (amount: number) => money(amount, one.currency);
        return (
          <dl key={one.currency} className={classes.sums}>
            <Fact name={t("Payments")}>{formatNumber(one.count)}</Fact>
            <Fact name={t("Price")}>{of(one.gross_amount)}</Fact>
            <Fact name={t("Refunded")}>{of(one.refunded_amount)}</Fact>
            {side === "consultant" && <Fact name={t("Commission")}>{of(one.commission_amount)}</Fact>}
            <Fact name={side === "seeker" ? t("Total paid") : t("Total earned")} main>
              {of(one.net_amount)}
            </Fact>
          </dl>
        );
      })}
    </div>
  );
}
