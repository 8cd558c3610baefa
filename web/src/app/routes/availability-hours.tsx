import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Failure } from "@/components/ui/failure";
import { Page } from "@/components/ui/page";
import { AvailabilityTabs } from "@/features/availability/availability-tabs";
import { PreviewSlots } from "@/features/availability/preview-slots";
import { fetchRules } from "@/features/availability/rules-api";
import { RulesEditor } from "@/features/availability/rules-editor";
import { useSession } from "@/lib/api/session";
import { useFreshQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { useZone } from "@/lib/zone";

export function Component() {
  const { t } = useTranslation();
  const zone = useZone();
  const user = useSession((state) => state.user);
  const rules = useFreshQuery({
    queryKey: keys.rules,
    queryFn: fetchRules,
    // What is typed is compared with the rules as they were when one began.
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  return (
    <Page
      title={t("Weekly hours")}
      lead={t(
        "Set your working hours once. We open times for you automatically, even when the clocks change.",
      )}
    >
      <AvailabilityTabs />
      {rules.isPending || !user ? (
        <Skeleton height={560} radius={14} />
      ) : rules.isLoadingError ? (
        <Failure error={rules.error} retry={() => void rules.refetch()} />
      ) : (
        <>
          <RulesEditor rules={rules.data} zone={zone} />
          {rules.data && <PreviewSlots consultantId={user.id} zone={zone} nextAt={rules.data.next_slot} />}
        </>
      )}
    </Page>
  );
}
