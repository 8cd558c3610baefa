import { NativeSelect, Skeleton } from "@mantine/core";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { lazyPart } from "@/components/ui/lazy-part";
import { Failure } from "@/components/ui/failure";
import { fetchSummary } from "./api";
import { currenciesOf, rows } from "./summary";
import classes from "./summary-chart.module.css";
import { serverNow } from "@/lib/clock";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";

const MonthChart = lazyPart(() => import("./month-chart"));

/** The last twelve months; nothing at all before the first payment, and a way to try again when they can't be loaded. */
export function SummaryChart({ title }: { title: string }) {
  const { t } = useTranslation();
  const now = new Date(serverNow());
  const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 11, 1)).toISOString();
  const summary = useQuery({ queryKey: keys.payments.summary(from), queryFn: () => fetchSummary(from) });
  const [picked, setPicked] = useState<string | null>(null);
  if (summary.isPending) return <Skeleton height={280} radius={14} mb="md" />;
  if (summary.isLoadingError)
    return (
      <section className={`card ${classes.chart}`} aria-label={title}>
        <p className={classes.title}>{title}</p>
        <Failure error={summary.error} retry={() => void summary.refetch()} />
      </section>
    );
  const currencies = currenciesOf(summary.data.items);
  const currency = picked ?? currencies[0];
  if (!currency) return null;
  return (
    <div className={`card ${classes.chart}`}>
      {currencies.length > 1 && (
        <NativeSelect
          aria-label={t("Currency")}
          data={currencies.map((value) => ({ value, label: value.toUpperCase() }))}
          value={currency}
          onChange={(event) => setPicked(event.currentTarget.value)}
          mb="sm"
          w={110}
        />
      )}
      <Suspense fallback={<Skeleton height={250} />}>
        <MonthChart title={title} currency={currency} rows={rows(summary.data.items, currency, now)} />
      </Suspense>
    </div>
  );
}
