import { Button, Text } from "@mantine/core";
import { Link } from "react-router";
import { ErrorNote, Note } from "@/components/ui/note";
import { Page } from "@/components/ui/page";
import { useLinkOnce, verifyEmail } from "@/features/session/recovery";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSession } from "@/lib/api/session";

/** Where the link of a verification mail leads. A button does it: programs that open links in mails verify nothing. */
export function Component() {
  const { t } = useTranslation();
  const { token, done, finish } = useLinkOnce();
  const signedIn = useSession((state) => state.status === "in");
  const verify = useMutation({ mutationFn: () => verifyEmail(token) });
  return (
    <Page title={t("Confirm your e-mail address")} narrow>
      {done ? (
        <>
          <Note kind="good" live title={t("Your e-mail address is confirmed.")} />
          <Button component={Link} to={signedIn ? "/dashboard" : "/login"} mt="lg">
            {signedIn ? t("Go to your dashboard") : t("Log in")}
          </Button>
        </>
      ) : !token ? (
        <Note kind="bad">{t("This link is incomplete. Please open it again from the e-mail.")}</Note>
      ) : (
        <>
          <ErrorNote error={verify.error} />
          <Text my="md">{t("Please confirm that this address is yours.")}</Text>
          <Button loading={verify.isPending} onClick={() => verify.mutate(undefined, { onSuccess: finish })}>
            {t("Confirm address")}
          </Button>
        </>
      )}
    </Page>
  );
}
