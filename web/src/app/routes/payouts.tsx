import { Button, Group, Skeleton, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { Empty, Failure } from "@/components/ui/failure";
import { BankIcon, WalletIcon } from "@/components/ui/icons";
import { type Column, Ledger, LedgerSkeleton } from "@/components/ui/ledger";
import { Chip, type Kind, Note } from "@/components/ui/note";
import { notifyError } from "@/components/ui/notify";
import { Page } from "@/components/ui/page";
import { fullName } from "@/components/ui/person";
import { SummaryChart } from "@/features/payment/summary-chart";
import { PersonCell } from "@/features/directory/person-cell";
import { ReceiptLink } from "@/features/payment/receipt-link";
import { YearTotals } from "@/features/payment/year-totals";
import { useSession } from "@/lib/api/session";
import {
  type Payout,
  type PayoutAccount,
  fetchPayoutAccount,
  fetchPayouts,
  startOnboarding,
} from "@/features/payout/api";
import { requirement } from "@/features/payout/requirements";
import { msg, t } from "@/lib/i18n/i18n";
import { money } from "@/lib/money";
import { onPageRestored } from "@/lib/page-lifecycle";
import { useInfiniteQuery, useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { date, dateTime } from "@/lib/time";
import { useZone } from "@/lib/zone";
import classes from "./payouts.module.css";

const STATES: Record<string, [string, Kind]> = {
  pending: [msg("On its way"), "wait"],
  paid: [msg("Paid"), "good"],
  reversed: [msg("Reversed"), "bad"],
};

export function Component() {
  const { t } = useTranslation();
  const user = useSession((state) => state.user);
  return (
    <Page title={t("Payouts")} lead={t("What you have earned, and how it reaches your bank.")}>
      <Account />
      {user && <YearTotals since={user.created_at} />}
      <SummaryChart title={t("Earned by month")} />
      <History />
    </Page>
  );
}

function Account() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const onboarding = params.get("onboarding");
  // Coming back says nothing about having finished: the status is asked until Stripe has told the server.
  const [returned, setReturned] = useState(onboarding === "return");
  const client = useQueryClient();
  const account = useQuery({
    queryKey: keys.payments.account,
    queryFn: fetchPayoutAccount,
    refetchInterval: (query) => (returned && query.state.data?.status === "pending" ? 1500 : false),
  });
  const status = account.data?.status;

  useEffect(() => {
    if (!onboarding) return;
    setParams({}, { replace: true });
    void client.invalidateQueries({ queryKey: keys.payments.account });
  }, [onboarding, setParams, client]);
  useEffect(() => {
    if (!returned) return;
    const timer = setTimeout(() => setReturned(false), 30_000);
    return () => clearTimeout(timer);
  }, [returned]);

  if (account.isPending) return <Skeleton height={130} radius={14} mb="md" />;
  if (account.isLoadingError) return <Failure error={account.error} retry={() => void account.refetch()} />;
  return (
    <section className={`card ${classes.account}`} aria-label={t("Payout account")}>
      <span className={classes.icon}>
        <BankIcon size={26} />
      </span>
      <div className={classes.text} aria-live="polite">
        <AccountState account={account.data} />
      </div>
      {status !== "active" && status !== "rejected" && <Onboard first={account.data === null} />}
    </section>
  );
}

function AccountState({ account }: { account: PayoutAccount | null }) {
  const { t } = useTranslation();
  if (account === null)
    return (
      <>
        <h2>{t("Set up your payouts")}</h2>
        <p>
          {t(
            "Stripe, our payment provider, asks who you are and where your money goes. It takes a few minutes.",
          )}
        </p>
      </>
    );
  if (account.status === "active")
    return (
      <>
        <Group gap="sm">
          <h2>{t("Payouts are set up")}</h2>
          <Chip kind="good">{t("Active")}</Chip>
        </Group>
        <p>{t("Your share of each paid session is sent automatically.")}</p>
      </>
    );
  if (account.status === "rejected")
    return (
      <>
        <Group gap="sm">
          <h2>{t("Payouts are not possible")}</h2>
          <Chip kind="bad">{t("Rejected")}</Chip>
        </Group>
        <p>{t("Stripe has rejected this account. Please contact support.")}</p>
      </>
    );
  return (
    <>
      <Group gap="sm">
        <h2>{account.status === "restricted" ? t("Stripe needs something from you") : t("Almost there")}</h2>
        <Chip kind="wait">{account.status === "restricted" ? t("Restricted") : t("Not finished")}</Chip>
      </Group>
      {account.requirements.length > 0 ? (
        <>
          <p>{t("Still missing:")}</p>
          <ul>
            {[...new Set(account.requirements.map(requirement))].map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </>
      ) : (
        <p>{t("Your details are being checked. Your earnings are safe in the meantime.")}</p>
      )}
    </>
  );
}

function Onboard({ first }: { first: boolean }) {
  const { t } = useTranslation();
  const start = useMutation({
    mutationFn: () => startOnboarding(crypto.randomUUID()),
    onSuccess: ({ onboarding_url }) => location.assign(onboarding_url),
    onError: notifyError,
  });
  // Back from Stripe: the browser may show the page as it was left.
  const { reset } = start;
  useEffect(() => onPageRestored(reset), [reset]);
  return (
    <Button size="md" loading={start.isPending || start.isSuccess} onClick={() => start.mutate()}>
      {first ? t("Set up payouts") : t("Continue on Stripe")}
    </Button>
  );
}

function PayoutState({ status }: { status: string }) {
  const [word, kind] = STATES[status] ?? [status, "idle"];
  return <Chip kind={kind}>{t(word)}</Chip>;
}

function History() {
  const { t } = useTranslation();
  const zone = useZone();
  const list = useInfiniteQuery({
    queryKey: keys.payments.payouts,
    queryFn: ({ pageParam }) => fetchPayouts(pageParam),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });
  const payouts = list.data?.pages.flatMap((page) => page.items) ?? [];
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
  if (list.isPending) return <LedgerSkeleton />;
  if (list.isLoadingError) return <Failure error={list.error} retry={() => void list.refetch()} />;
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
