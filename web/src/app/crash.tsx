import { Button, Group, Text } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useRouteError } from "react-router";
import { Page } from "@/components/ui/page";

const RELOADED = "cc.reloaded";

/** The last resort. After a new release the old page's files are gone: one reload brings the new ones. */
export function Crash() {
  const { t } = useTranslation();
  const error = useRouteError();
  const outdated = error instanceof TypeError && /import|module/i.test(error.message);
  useEffect(() => {
    if (!outdated) return;
    const last = Number(sessionStorage.getItem(RELOADED) ?? 0);
    if (Date.now() - last < 10_000) return;
    sessionStorage.setItem(RELOADED, String(Date.now()));
    location.reload();
  }, [outdated]);
  return (
    <Page title={t("Something broke")} narrow>
      <Text mb="lg">
        {outdated
          ? t("This page could not be loaded. Your connection may be down, or there is a new version.")
          : t("This page hit an error that we didn’t expect. Nothing of what you did before is lost.")}
      </Text>
      <Group>
        <Button onClick={() => location.reload()}>{t("Load again")}</Button>
        <Button variant="default" component="a" href="/">
          {t("Go to the start page")}
        </Button>
      </Group>
    </Page>
  );
}
