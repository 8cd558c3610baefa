import { Button, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNote, Note } from "@/components/ui/note";
import { AuthFrame } from "@/features/session/auth-frame";
import { emailProblem } from "@/features/session/form";
import { requestReset } from "@/features/session/recovery";
import { named, useSubmit } from "@/lib/form";

/** Asks for a link to a new password. The answer is the same whether there is such an account or not. */
export function Component() {
  const { t } = useTranslation();
  const [sentTo, setSentTo] = useState<string | null>(null);
  const form = useForm({
    mode: "uncontrolled",
    enhanceGetInputProps: named,
    initialValues: { email: "" },
    validate: { email: emailProblem },
  });
  const { onSubmit, busy, problem } = useSubmit(form, ({ email }) => requestReset(email.trim()), {
    onSuccess: (_, { email }) => setSentTo(email.trim()),
  });
  return (
    <AuthFrame
      title={t("Reset your password")}
      question={t("Remembered it?")}
      to="/login"
      answer={t("Log in")}
    >
      {sentTo !== null ? (
        <Note kind="good" live title={t("Check your inbox")}>
          <p>
            {t(
              "If {email} has an account, we’ve sent it a link to choose a new password. It works for an hour.",
              { email: sentTo },
            )}
          </p>
        </Note>
      ) : (
        <form onSubmit={onSubmit} noValidate>
          <Stack>
            <ErrorNote error={problem} />
            <Text c="dimmed">{t("We’ll send you a link to choose a new password.")}</Text>
            <TextInput
              label={t("E-mail")}
              type="email"
              autoComplete="username"
              key={form.key("email")}
              {...form.getInputProps("email")}
            />
            <Button type="submit" size="md" loading={busy}>
              {t("Send link")}
            </Button>
          </Stack>
        </form>
      )}
    </AuthFrame>
  );
}
