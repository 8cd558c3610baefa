import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CardTitle } from "@/components/ui/card-title";
import { ErrorNote, Note } from "@/components/ui/note";
import { SecretInput } from "@/components/ui/secret-input";
import type { User } from "@/lib/api/session";
import { named, resetSent, useSubmit } from "@/lib/form";
import { emailProblem } from "./form";
import { changeEmail } from "./recovery";

/** Another address for the account; the old one stays until the link that is sent to the new one is opened. */
export function ChangeEmail({ user }: { user: User }) {
  const { t } = useTranslation();
  const [sentTo, setSentTo] = useState<string | null>(null);
  const form = useForm({
    enhanceGetInputProps: named,
    initialValues: { new_email: "", current_password: "" },
    validate: {
      new_email: emailProblem,
      current_password: (value) => (value ? null : t("Enter your current password")),
    },
  });
  const { onSubmit, busy, problem } = useSubmit(
    form,
    ({ new_email, current_password }, key) => changeEmail(new_email.trim(), current_password, key),
    {
      draft: "email",
      onSuccess: (_, sent) => {
        resetSent(form, sent);
        setSentTo(sent.new_email.trim());
      },
    },
  );
  return (
    <form className="card" onSubmit={onSubmit} noValidate>
      <Stack>
        <CardTitle>{t("E-mail address")}</CardTitle>
        <ErrorNote error={problem} />
        {sentTo && (
          <Note kind="good" live>
            {t("We’ve sent a link to {newEmail}. Until you open it, {email} stays your address.", {
              newEmail: sentTo,
              email: user.email,
            })}
          </Note>
        )}
        <TextInput
          label={t("New e-mail address")}
          type="email"
          autoComplete="email"
          {...form.getInputProps("new_email")}
        />
        <SecretInput
          label={t("Your password")}
          autoComplete="current-password"
          eye={t("Show or hide your password")}
          {...form.getInputProps("current_password")}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={busy}>
            {t("Change address")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
