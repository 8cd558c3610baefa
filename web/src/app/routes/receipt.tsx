import { Group, Skeleton, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { Failure } from "@/components/ui/failure";
import { Page } from "@/components/ui/page";
import { fetchReceipt, fetchReceiptFile } from "@/features/payment/api";
import { DownloadButton } from "@/components/ui/download-button";
import { PrintButton } from "@/features/payment/print-button";
import { ReceiptSheet } from "@/features/payment/receipt-sheet";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";

export function Component() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const receipt = useQuery({ queryKey: keys.payments.receipt(id), queryFn: () => fetchReceipt(id) });
  if (receipt.data)
    return (
      <Page
        key={id}
        title={t("Receipt {number}", { number: receipt.data.number })}
        action={
          <Group gap="xs" className="unprinted">
            <DownloadButton label={t("Download PDF")} fetch={() => fetchReceiptFile(id)} />
            <PrintButton />
          </Group>
        }
        narrow
      >
        <ReceiptSheet receipt={receipt.data} />
      </Page>
    );
  return (
    <Page title={t("Receipt")} narrow>
      {receipt.isPending ? (
        <Skeleton height={320} radius={14} />
      ) : receipt.data === null ? (
        <Text>{t("There is no receipt for this booking. Receipts exist once something was charged.")}</Text>
      ) : (
        <Failure error={receipt.error} retry={() => void receipt.refetch()} />
      )}
    </Page>
  );
}
