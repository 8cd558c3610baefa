import { Anchor, Button, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ErrorNote, Note } from "@/components/ui/note";
import { SecretInput } from "@/components/ui/secret-input";
import { AuthFrame } from "@/features/session/auth-frame";
import { passwordHint, passwordProblem } from "@/features/session/form";
import { resetPassword, useLinkOnce } from "@/features/session/recovery";
import { named, useSubmit } from "@/lib/form";

/** Where the link of a reset mail leads: a new password, after which every session is over. */
export function Component() {
  const { t } = useTranslation();
  const { token, done, finish } = useLinkOnce();
  const form = useForm({
    mode: "uncontrolled",
    enhanceGetInputProps: named,
    initialValues: { new_password: "" },
    validate: { new_password: passwordProblem },
  });
  const { onSubmit, busy, problem } = useSubmit(
    form,
    ({ new_password }) => resetPassword(token, new_password),
    { next: finish },
  );
  return (
    <AuthFrame
      title={t("Choose a new password")}
      question={t("Remembered it?")}
      to="/login"
      answer={t("Log in")}
    >
      {done ? (
        <Note kind="good" live title={t("Your password is changed.")}>
          <p>
            {t("All devices have been logged out.")}{" "}
            <Anchor component={Link} to="/login" underline="always">
              {t("Log in with the new password")}
            </Anchor>
          </p>
        </Note>
      ) : !token ? (
        <Note kind="bad">{t("This link is incomplete. Please open it again from the e-mail.")}</Note>
      ) : (
        <form onSubmit={onSubmit} noValidate>
          <Stack>
            <ErrorNote error={problem} />
            <SecretInput
              label={t("New password")}
              description={passwordHint()}
              autoComplete="new-password"
              eye={t("Show or hide the new password")}
              key={form.key("new_password")}
              {...form.getInputProps("new_password")}
            />
            <Button type="submit" size="md" loading={busy}>
              {t("Change password")}
            </Button>
          </Stack>
        </form>
      )}
    </AuthFrame>
  );
}
