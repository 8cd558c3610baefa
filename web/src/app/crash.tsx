import { Button, Group, Text } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useRouteError } from "react-router";
import { Page } from "@/components/ui/page";
import { useOnline } from "@/lib/online";

const RELOADED = "cc.reloaded";

/** A screen's script ("dynamically imported module") or styles ("preload CSS") did not come, in any browser's words. */
const NOT_LOADED = /import|module|preload/i;

/**
 * The last resort. After a new release the old page's files are gone: one reload brings the new ones. Without a network
 * it waits for it.
 */
export function Crash() {
  const { t } = useTranslation();
  const error = useRouteError();
  const online = useOnline();
  const outdated = error instanceof Error && NOT_LOADED.test(error.message);
  useEffect(() => {
    if (!outdated || !online) return;
    const last = Number(sessionStorage.getItem(RELOADED) ?? 0);
    if (Date.now() - last < 10_000) return;
    sessionStorage.setItem(RELOADED, String(Date.now()));
    location.reload();
  }, [outdated, online]);
  if (outdated && !online)
    return (
      <Page title={t("You’re offline")} narrow>
        <Text>{t("This page needs a connection. It will open as soon as you’re back online.")}</Text>
      </Page>
    );
  return (
    <Page title={t("Something went wrong")} narrow>
      <Text mb="lg">
        {outdated
          ? t("This page could not be loaded. Your connection may be down, or there is a new version.")
          : t("This page ran into an unexpected error. Nothing you saved is lost.")}
      </Text>
      <Group>
        <Button onClick={() => location.reload()}>{t("Reload")}</Button>
        <Button variant="default" component="a" href="/">
          {t("Go to the start page")}
        </Button>
      </Group>
    </Page>
  );
}
