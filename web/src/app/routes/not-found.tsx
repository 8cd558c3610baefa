import { Button, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Page } from "@/components/ui/page";

export function Component() {
  const { t } = useTranslation();
  return (
    <Page title={t("Page not found")} narrow>
      <Text mb="lg">{t("The address may be mistyped, or the page no longer exists.")}</Text>
      <Button component={Link} to="/find">
        {t("Find an expert")}
      </Button>
    </Page>
  );
}
