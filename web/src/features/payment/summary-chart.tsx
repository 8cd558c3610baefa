import { NativeSelect, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Suspense, lazy, useState } from "react";
import { useTranslation } from "react-i18next";
import { fetchSummary } from "./api";
import { currenciesOf, rows } from "./summary";
import { serverNow } from "@/lib/clock";
import { keys } from "@/lib/query-keys";

const MonthChart = lazy(() => import("./month-chart"));

/** The last twelve months; nothing at all before the first payment. */
export function SummaryChart({ title }: { title: string }) {
  const { t } = useTranslation();
  const now = new Date(serverNow());
  const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 11, 1)).toISOString();
  const summary = useQuery({ queryKey: keys.payments.summary(from), queryFn: () => fetchSummary(from) });
  const [picked, setPicked] = useState<string | null>(null);
  if (summary.isPending) return <Skeleton height={280} radius={14} mb="md" />;
  if (summary.isError) return null;
  const currencies = currenciesOf(summary.data.items);
  const currency = picked ?? currencies[0];
  if (!currency) return null;
  return (
    <div className="card" style={{ marginBottom: "1rem" }}>
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
