import { Button, Group, Skeleton } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { Failure } from "@/components/ui/failure";
import { BankIcon } from "@/components/ui/icons";
import { Chip } from "@/components/ui/note";
import { notifyError } from "@/components/ui/notify";
import { onPageRestored } from "@/lib/page-lifecycle";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { type PayoutAccount, fetchPayoutAccount, startOnboarding } from "./api";
import classes from "./payout-account.module.css";
import { requirement } from "./requirements";

/** Whether payouts can be sent, what Stripe still wants to know for that, and the way there. */
export function PayoutAccountCard() {
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
