import { Anchor, Button, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useSearchParams } from "react-router";
import { ErrorNote, Note } from "@/components/ui/note";
import { SecretInput } from "@/components/ui/secret-input";
import { logIn } from "@/features/session/api";
import { AuthFrame } from "@/features/session/auth-frame";
import { emailProblem } from "@/features/session/form";
import { safeNext } from "@/features/session/next";
import { useSession } from "@/lib/api/session";
import { named, useSubmit } from "@/lib/form";

export function Component() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const signedIn = useSession((state) => state.status === "in");
  const next = safeNext(params.get("next"), "/dashboard");
  const form = useForm({
    mode: "uncontrolled",
    enhanceGetInputProps: named,
    initialValues: { email: "", password: "" },
    validate: { email: emailProblem, password: (value) => (value ? null : t("Enter your password")) },
  });

  // Also when another tab has logged in meanwhile.
  useEffect(() => {
    if (signedIn) void navigate(next, { replace: true });
  }, [signedIn, next, navigate]);

  const { onSubmit, busy, problem } = useSubmit(form, ({ email, password }) => logIn(email.trim(), password));

  return (
    <AuthFrame title={t("Log in")} question={t("New here?")} to="/register" answer={t("Create an account")}>
      <form onSubmit={onSubmit} noValidate>
        <Stack>
          {params.has("ended") && !problem && (
            <Note kind="wait">{t("Your session has ended. Log in to continue where you left off.")}</Note>
          )}
          <ErrorNote error={problem} />
          <TextInput
            label={t("E-mail")}
            type="email"
            autoComplete="username"
            required
            withAsterisk={false}
            key={form.key("email")}
            {...form.getInputProps("email")}
          />
          <SecretInput
            label={t("Password")}
            autoComplete="current-password"
            required
            withAsterisk={false}
            eye={t("Show or hide the password")}
            key={form.key("password")}
            {...form.getInputProps("password")}
          />
          <Anchor component={Link} to="/forgot-password" underline="always" size="sm">
            {t("Forgot your password?")}
          </Anchor>
          <Button type="submit" size="md" loading={busy}>
            {t("Log in")}
          </Button>
        </Stack>
      </form>
    </AuthFrame>
  );
}
