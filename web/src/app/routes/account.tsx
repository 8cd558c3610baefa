import { Button, Group, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { CardTitle } from "@/components/ui/card-title";
import { Page } from "@/components/ui/page";
import { CalendarFeed } from "@/features/calendar/calendar-feed";
import { ChangeEmail } from "@/features/session/change-email";
import { ChangePassword } from "@/features/session/change-password";
import { EditPerson } from "@/features/session/edit-person";
import { Sessions } from "@/features/session/sessions";
import { useSession } from "@/lib/api/session";

export function Component() {
  const { t } = useTranslation();
  const user = useSession((state) => state.user);
  if (!user) return null;
  return (
    <Page
      title={t("Account")}
      lead={
        user.role === "seeker"
          ? t("{email} · seeker", { email: user.email })
          : t("{email} · expert", { email: user.email })
      }
      narrow
    >
      <Stack>
        <EditPerson key={user.id} user={user} />
        <ChangeEmail user={user} />
        <ChangePassword />
        <div className="card">
          <Group justify="space-between">
            <CardTitle>{t("Notifications")}</CardTitle>
            <Button variant="default" component={Link} to="/settings/notifications">
              {t("Choose which e-mails you get")}
            </Button>
          </Group>
        </div>
        <CalendarFeed />
        <Sessions />
      </Stack>
    </Page>
  );
}
