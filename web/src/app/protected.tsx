import { Anchor, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link, Navigate, Outlet, useLocation } from "react-router";
import { Page } from "@/components/ui/page";
import { type User, useSession } from "@/lib/api/session";
import { Loading } from "./layout";

/** Lets those in who are signed in (in this role); sends others to log in, and back here afterwards. */
export function Protected({ only }: { only?: User["role"] }) {
  const { t } = useTranslation();
  const { status, user, ended } = useSession();
  const here = useLocation();
  if (status === "unknown") return <Loading />;
  if (status === "out" || !user) {
    const next = encodeURIComponent(here.pathname + here.search);
    return <Navigate to={`/login?next=${next}${ended ? "&ended=1" : ""}`} replace />;
  }
  if (only && user.role !== only)
    return (
      <Page title={t("Not for this account")} narrow>
        <Text>
          {only === "seeker"
            ? t("This page is for seekers, and you’re signed in as an expert.")
            : t("This page is for experts, and you’re signed in as a seeker.")}{" "}
          <Anchor component={Link} to="/dashboard" underline="always">
            {t("Go to your dashboard")}
          </Anchor>
        </Text>
      </Page>
    );
  return <Outlet />;
}
