import { useTranslation } from "react-i18next";
import { type Column, Ledger } from "@/components/ui/ledger";
import { fullName } from "@/components/ui/person";
import type { User } from "@/lib/api/types";
import { money } from "@/lib/money";
import { date, dateTime } from "@/lib/time";
import { useZone } from "@/lib/zone";
import type { Statement, StatementRow } from "./api";

type Props = { statement: Pick<Statement, "number" | "items">; side: User["role"] };

/** A year's captured payments as they are printed. */
export function StatementTable({ statement, side }: Props) {
  const { t } = useTranslation();
  const zone = useZone();
  const amount = (title: string, of: (row: StatementRow) => number): Column<StatementRow> => ({
    title,
    end: true,
    cell: (row) => money(of(row), row.currency),
  });
  const columns: Column<StatementRow>[] = [
    { title: t("Date"), cell: (row) => date(row.captured_at, zone, { year: "always" }) },
    { title: t("Receipt"), cell: (row) => row.receipt_number ?? "–" },
    { title: side === "seeker" ? t("Expert") : t("Seeker"), cell: (row) => fullName(row.other_party) },
    { title: t("Session"), cell: (row) => dateTime(row.session_start, zone, { year: "always" }) },
    amount(t("Price"), (row) => row.gross_amount),
    amount(t("Refunded"), (row) => row.refunded_amount),
    ...(side === "consultant" ? [amount(t("Commission"), (row) => row.commission_amount)] : []),
    amount(side === "seeker" ? t("You paid") : t("You earned"), (row) => row.net_amount),
  ];
  return (
    <Ledger
      caption={t("Statement {year}", { year: statement.number })}
      columns={columns}
      rows={statement.items}
      keyOf={(row) => row.booking_id}
    />
  );
}
