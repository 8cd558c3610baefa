import { Text } from "@mantine/core";
import { useDeferredValue } from "react";
import { useTranslation } from "react-i18next";
import { Empty, Failure } from "@/components/ui/failure";
import { WalletIcon } from "@/components/ui/icons";
import { type Column, Ledger, LedgerSkeleton } from "@/components/ui/ledger";
import { Chip, type Kind, Note } from "@/components/ui/note";
import { fullName } from "@/components/ui/person";
import { PersonCell } from "@/features/directory/person-cell";
import { ReceiptLink } from "@/features/payment/receipt-link";
import { msg, t } from "@/lib/i18n/i18n";
import { money } from "@/lib/money";
import { useInfiniteQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { date, dateTime } from "@/lib/time";
import { useZone } from "@/lib/zone";
import { type Payout, fetchPayouts } from "./api";
import classes from "./payout-history.module.css";

const STATES: Record<string, [string, Kind]> = {
  pending: [msg("On its way"), "wait"],
  paid: [msg("Paid"), "good"],
  reversed: [msg("Reversed"), "bad"],
};

/** All payouts, the latest first. */
export function PayoutHistory() {
  const { t } = useTranslation();
  const zone = useZone();
  const list = useInfiniteQuery({
    queryKey: keys.payments.payouts,
    queryFn: ({ pageParam }) => fetchPayouts(pageParam),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });
  // Rendered in pieces: some hundred rows at once would hold up whatever one types or clicks meanwhile.
  const pages = useDeferredValue(list.data?.pages);
  const columns: Column<Payout>[] = [
    {
      title: t("Seeker"),
      cell: (one) => <PersonCell person={one.seeker} to={`/booking/${one.booking_id}`} />,
    },
    { title: t("Session"), cell: (one) => dateTime(one.session_date, zone) },
    {
      title: t("Status"),
      cell: (one) => (
        <>
          <PayoutState status={one.status} />
          {one.status === "pending" && one.available_on && (
            <small className={classes.from}> {t("from {day}", { day: date(one.available_on, zone) })}</small>
          )}
        </>
      ),
    },
    { title: t("Price"), end: true, cell: (one) => money(one.gross_amount, one.currency) },
    { title: t("Commission"), end: true, cell: (one) => `−${money(one.commission_amount, one.currency)}` },
    { title: t("You get"), end: true, cell: (one) => <strong>{money(one.amount, one.currency)}</strong> },
    {
      title: t("Receipt"),
      end: true,
      cell: (one) => (
        <ReceiptLink bookingId={one.booking_id} sessionDate={one.session_date} name={fullName(one.seeker)} />
      ),
    },
  ];
  if (list.isLoadingError) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (!pages) return <LedgerSkeleton />;
  const payouts = pages.flatMap((page) => page.items);
  if (payouts.length === 0)
    return (
      <Empty icon={<WalletIcon size={28} />} title={t("No earnings yet")}>
        <Text c="dimmed">{t("Your share appears here after each paid session.")}</Text>
      </Empty>
    );
  return (
    <>
      {payouts.some((one) => one.status === "reversed") && (
        <div className={classes.note}>
          <Note kind="wait">
            {t("A payout is reversed when the seeker’s payment is refunded or disputed.")}
          </Note>
        </div>
      )}
      <Ledger caption={t("Payouts")} columns={columns} rows={payouts} keyOf={(one) => one.id} list={list} />
    </>
  );
}

function PayoutState({ status }: { status: string }) {
  const [word, kind] = STATES[status] ?? [status, "idle"];
  return <Chip kind={kind}>{t(word)}</Chip>;
}
