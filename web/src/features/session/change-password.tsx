import { Button, Group, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { CardTitle } from "@/components/ui/card-title";
import { ErrorNote } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import { SecretInput } from "@/components/ui/secret-input";
import { named, resetSent, useSubmit } from "@/lib/form";
import { changePassword } from "./api";
import { PASSWORD_LENGTH, passwordProblem } from "./form";

/** Another password, which ends the account's other sessions. */
export function ChangePassword() {
  const { t } = useTranslation();
  const form = useForm({
    enhanceGetInputProps: named,
    initialValues: { current_password: "", new_password: "" },
    validate: {
      current_password: (value) => (value ? null : t("Enter your current password")),
      new_password: passwordProblem,
    },
  });
  const { onSubmit, busy, problem } = useSubmit(
    form,
    ({ current_password, new_password }, key) => changePassword(current_password, new_password, key),
    {
      onSuccess: (_, sent) => {
        resetSent(form, sent);
        notifySuccess(t("Your password is changed. Other devices are logged out."));
      },
    },
  );
  return (
    <form className="card" onSubmit={onSubmit} noValidate>
      <Stack>
        <CardTitle>{t("Password")}</CardTitle>
        <ErrorNote error={problem} />
        <SecretInput
          label={t("Current password")}
          autoComplete="current-password"
          eye={t("Show or hide the current password")}
          {...form.getInputProps("current_password")}
        />
        <SecretInput
          label={t("New password")}
          description={t("At least {count, number} characters. You’ll be logged out on all other devices.", {
            count: PASSWORD_LENGTH.min,
          })}
          autoComplete="new-password"
          eye={t("Show or hide the new password")}
          {...form.getInputProps("new_password")}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={busy}>
            {t("Change password")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
