import { Button, Text } from "@mantine/core";
import { useDeferredValue } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Empty, Failure } from "@/components/ui/failure";
import { CardIcon } from "@/components/ui/icons";
import { type Column, Ledger, LedgerSkeleton } from "@/components/ui/ledger";
import { Chip, type Kind } from "@/components/ui/note";
import { Page } from "@/components/ui/page";
import { fullName } from "@/components/ui/person";
import { PersonCell } from "@/features/directory/person-cell";
import { type Payment, fetchPayments } from "@/features/payment/api";
import { hasReceipt } from "@/features/payment/receipt";
import { ReceiptLink } from "@/features/payment/receipt-link";
import { SummaryChart } from "@/features/payment/summary-chart";
import { YearTotals } from "@/features/payment/year-totals";
import { useSession } from "@/lib/api/session";
import { msg } from "@/lib/i18n/i18n";
import { money } from "@/lib/money";
import { useInfiniteQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { dateTime } from "@/lib/time";
import { useZone } from "@/lib/zone";

const STATES: Record<string, [string, Kind]> = {
  authorizing: [msg("Being held"), "info"],
  authorized: [msg("Held"), "info"],
  failed: [msg("Failed"), "bad"],
  captured: [msg("Paid"), "good"],
  released: [msg("Not charged"), "idle"],
  refunded: [msg("Refunded"), "idle"],
  disputed: [msg("Disputed"), "bad"],
};

/** What was let go or never went through was not paid. */
function Amount({ payment }: { payment: Payment }) {
  const unpaid = payment.status === "released" || payment.status === "failed";
  return <strong>{money(unpaid ? 0 : payment.amount, payment.currency)}</strong>;
}

export function Component() {
  const { t } = useTranslation();
  const zone = useZone();
  const user = useSession((state) => state.user);
  const list = useInfiniteQuery({
    queryKey: keys.payments.history,
    queryFn: ({ pageParam }) => fetchPayments(pageParam),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });
  // Rendered in pieces: some hundred rows at once would hold up whatever one types or clicks meanwhile.
  const pages = useDeferredValue(list.data?.pages);
  const payments = pages?.flatMap((page) => page.items) ?? [];
  const columns: Column<Payment>[] = [
    {
      title: t("Expert"),
      cell: (one) => <PersonCell person={one.consultant} to={`/booking/${one.booking_id}`} hasPhoto />,
    },
    { title: t("Session"), cell: (one) => dateTime(one.session_date, zone) },
    {
      title: t("Status"),
      cell: (one) => {
        const [word, kind] = STATES[one.status] ?? [one.status, "idle"];
        return <Chip kind={kind}>{t(word)}</Chip>;
      },
    },
    {
      title: t("Refunded"),
      end: true,
      cell: (one) => (one.amount_refunded > 0 ? money(one.amount_refunded, one.currency) : "–"),
    },
    { title: t("Amount"), end: true, cell: (one) => <Amount payment={one} /> },
    {
      title: t("Receipt"),
      end: true,
      cell: (one) =>
        hasReceipt(one.status) ? (
          <ReceiptLink
            bookingId={one.booking_id}
            sessionDate={one.session_date}
            name={fullName(one.consultant)}
          />
        ) : (
          "–"
        ),
    },
  ];
  return (
    <Page title={t("Payments")} lead={t("Charges to your card, and refunds.")}>
      {user && <YearTotals since={user.created_at} />}
      <SummaryChart title={t("Spent by month")} />
      {!pages && !list.isLoadingError && <LedgerSkeleton />}
      {list.isLoadingError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {pages && payments.length === 0 && (
        <Empty icon={<CardIcon size={28} />} title={t("No payments yet")}>
          <Text c="dimmed">{t("A payment appears here when an expert accepts your request.")}</Text>
          <Button component={Link} to="/find">
            {t("Find an expert")}
          </Button>
        </Empty>
      )}
      {payments.length > 0 && (
        <Ledger
          caption={t("Payments")}
          columns={columns}
          rows={payments}
          keyOf={(one) => one.id}
          list={list}
        />
      )}
    </Page>
  );
}
