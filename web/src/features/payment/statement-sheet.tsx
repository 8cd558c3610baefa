import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { fullName } from "@/components/ui/person";
import { formatYear } from "@/lib/i18n/numbers";
import type { User } from "@/lib/api/types";
import type { Statement } from "./api";
import { Fact } from "./fact";
import { Issuer } from "./issuer";
import { StatementTable } from "./statement-table";
import { StatementTotals } from "./statement-totals";
import sheet from "./sheet.module.css";
import classes from "./statement.module.css";

type Props = { statement: Statement; side: User["role"] };

/** A year's statement as it is printed: whose it is, every payment, the totals, and who issues it. */
export function StatementSheet({ statement, side }: Props) {
  const { t } = useTranslation();
  const year = formatYear(statement.year);
  return (
    <article className={classes.sheet} aria-label={t("Statement {year}", { year: statement.number })}>
      <dl className={`${sheet.facts} ${classes.facts}`}>
        <Fact name={t("Statement number")}>{statement.number}</Fact>
        <Fact name={side === "seeker" ? t("Buyer") : t("Seller")}>{fullName(statement.holder)}</Fact>
      </dl>
      {statement.items.length === 0 ? (
        <Text>{t("No payments in {year}.", { year })}</Text>
      ) : (
        <>
          <StatementTable statement={statement} side={side} />
          <StatementTotals totals={statement.totals} side={side} />
        </>
      )}
      <Issuer line={t("Issued by {issuer}", { issuer: statement.issuer })} of={statement} />
    </article>
  );
}
