import { useTranslation } from "react-i18next";
import { Page } from "@/components/ui/page";
import { SummaryChart } from "@/features/payment/summary-chart";
import { YearTotals } from "@/features/payment/year-totals";
import { PayoutAccountCard } from "@/features/payout/payout-account";
import { PayoutHistory } from "@/features/payout/payout-history";
import { useSession } from "@/lib/api/session";

export function Component() {
  const { t } = useTranslation();
  const user = useSession((state) => state.user);
  return (
    <Page title={t("Payouts")} lead={t("What you have earned, and how it reaches your bank.")}>
      <PayoutAccountCard />
      {user && <YearTotals since={user.created_at} />}
      <SummaryChart title={t("Earned by month")} />
      <PayoutHistory />
    </Page>
  );
}
