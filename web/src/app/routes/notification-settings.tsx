import { useTranslation } from "react-i18next";
import { Page } from "@/components/ui/page";
import { NotificationPreferences } from "@/features/notification/preferences";
import { useSession } from "@/lib/api/session";

export function Component() {
  const { t } = useTranslation();
  const email = useSession((state) => state.user?.email) ?? "";
  return (
    <Page title={t("Notifications")} lead={t("Which e-mails we send to {email}.", { email })} narrow>
      <NotificationPreferences />
    </Page>
  );
}
