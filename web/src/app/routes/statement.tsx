import { Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { Failure } from "@/components/ui/failure";
import { LedgerSkeleton } from "@/components/ui/ledger";
import { Page } from "@/components/ui/page";
import { fetchStatement, fetchStatementPdf, fetchStatementTable } from "@/features/payment/api";
import { DownloadButton } from "@/components/ui/download-button";
import { PrintButton } from "@/features/payment/print-button";
import { StatementSheet } from "@/features/payment/statement-sheet";
import { useSession } from "@/lib/api/session";
import { formatYear } from "@/lib/i18n/numbers";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { Component as NotFound } from "./not-found";

/** Those of which the API has statements. */
const YEARS = /^20\d\d$/;

export function Component() {
  const { year = "" } = useParams();
  return YEARS.test(year) ? <OfYear key={year} year={Number(year)} /> : <NotFound />;
}

function OfYear({ year }: { year: number }) {
  const { t } = useTranslation();
  const user = useSession((state) => state.user);
  const statement = useQuery({
    queryKey: keys.payments.statement(year),
    queryFn: () => fetchStatement(year),
  });
  if (!user) return null;
  return (
    <Page
      title={t("Statement {year}", { year: formatYear(year) })}
      action={
        <Group gap="xs" className="unprinted">
          <DownloadButton label={t("Download PDF")} fetch={() => fetchStatementPdf(year)} />
          <DownloadButton label={t("Download CSV")} fetch={() => fetchStatementTable(year)} />
          <PrintButton />
        </Group>
      }
    >
      {statement.isPending && <LedgerSkeleton />}
      {statement.isLoadingError && <Failure error={statement.error} retry={() => void statement.refetch()} />}
      {statement.data && <StatementSheet statement={statement.data} side={user.role} />}
    </Page>
  );
}
