import { Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { Failure } from "@/components/ui/failure";
import { LedgerSkeleton } from "@/components/ui/ledger";
import { Page } from "@/components/ui/page";
import { fullName } from "@/components/ui/person";
import { fetchStatement, fetchStatementFile } from "@/features/payment/api";
import { DownloadButton } from "@/features/payment/download-button";
import { PrintButton } from "@/features/payment/print-button";
import { StatementTable } from "@/features/payment/statement-table";
import { useSession } from "@/lib/api/session";
import { keys } from "@/lib/query-keys";

export function Component() {
  const { t } = useTranslation();
  const year = Number(useParams().year);
  const user = useSession((state) => state.user);
  const statement = useQuery({
    queryKey: keys.payments.statement(year),
    queryFn: () => fetchStatement(year),
  });
  if (!user) return null;
  return (
    <Page
      title={t("Statement {year}", { year: String(year) })}
      lead={fullName(user)}
      action={
        <Group gap="xs" className="unprinted">
          <DownloadButton label={t("Download CSV")} fetch={() => fetchStatementFile(year)} />
          <PrintButton />
        </Group>
      }
    >
      {statement.isPending && <LedgerSkeleton />}
      {statement.isError && <Failure error={statement.error} retry={() => void statement.refetch()} />}
      {statement.data?.items.length === 0 && (
        <Text>{t("No payments in {year}.", { year: String(year) })}</Text>
      )}
      {statement.data && statement.data.items.length > 0 && (
        <StatementTable statement={statement.data} side={user.role} />
      )}
    </Page>
  );
}
