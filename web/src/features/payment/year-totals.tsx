import { Button, Group, NativeSelect, Skeleton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DownloadButton } from "@/components/ui/download-button";
import { Failure } from "@/components/ui/failure";
import { formatNumber, formatYear } from "@/lib/i18n/numbers";
import { money } from "@/lib/money";
import { serverNow } from "@/lib/clock";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { fetchStatementTable, fetchSummary } from "./api";
import { type Figure, type Totals, totalsOf } from "./summary";
import classes from "./year-totals.module.css";

/** The totals of a year in each currency, and its statement as a file. `since`: when the account was opened. */
export function YearTotals({ since }: { since: string }) {
  const { t } = useTranslation();
  const thisYear = new Date(serverNow()).getUTCFullYear();
  const first = Math.min(new Date(since).getUTCFullYear(), thisYear);
  const [year, setYear] = useState(thisYear);
  const summary = useQuery({
    queryKey: keys.payments.year(year),
    queryFn: () => fetchSummary(startOf(year), startOf(year + 1)),
  });
  const totals = totalsOf(summary.data?.items ?? []);
  return (
    <section className={`card ${classes.totals}`} aria-label={t("Totals of the year")}>
      <Group justify="space-between">
        <NativeSelect
          aria-label={t("Year")}
          value={year}
          data={Array.from({ length: thisYear - first + 1 }, (_, index) => {
            const one = thisYear - index;
            return { value: String(one), label: formatYear(one) };
          })}
          onChange={(event) => setYear(Number(event.currentTarget.value))}
        />
        {totals.length > 0 && (
          <Group gap="xs">
            <Button size="sm" variant="default" component={Link} to={`/statements/${year}`}>
              {t("Statement {year}", { year: formatYear(year) })}
            </Button>
            <DownloadButton
              label={t("Download CSV")}
              name={t("Download {year} as CSV", { year: formatYear(year) })}
              fetch={() => fetchStatementTable(year)}
            />
          </Group>
        )}
      </Group>
      {summary.isPending && <Skeleton height={56} />}
      {summary.isLoadingError && <Failure error={summary.error} retry={() => void summary.refetch()} />}
      {summary.data && totals.length === 0 && (
        <p className={classes.none}>{t("No payments in {year}.", { year: formatYear(year) })}</p>
      )}
      {totals.map((one) => (
        <Figures key={one.currency} totals={one} />
      ))}
    </section>
  );
}

function Figures({ totals }: { totals: Totals }) {
  const { t } = useTranslation();
  const names: Record<Figure["name"], string> = {
    payments: t("Payments"),
    charged: t("Charged"),
    refunded: t("Refunded"),
    spent: t("You spent"),
    gross: t("Price"),
    commission: t("Commission"),
    earned: t("You earned"),
  };
  return (
    <dl className={classes.figures}>
      {totals.figures.map(({ name, value }) => (
        <div key={name} data-main={name === "spent" || name === "earned" || undefined}>
          <dt>{names[name]}</dt>
          <dd>{name === "payments" ? formatNumber(value) : money(value, totals.currency)}</dd>
        </div>
      ))}
    </dl>
  );
}

function startOf(year: number): string {
  return new Date(Date.UTC(year, 0, 1)).toISOString();
}
