import { Button, Radio, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { ErrorNote } from "@/components/ui/note";
import { SecretInput } from "@/components/ui/secret-input";
import { register } from "@/features/session/api";
import { AuthFrame } from "@/features/session/auth-frame";
import { emailProblem, passwordHint, passwordProblem } from "@/features/session/form";
import { safeNext } from "@/features/session/next";
import { type User, useSession } from "@/lib/api/session";
import { named, useSubmit } from "@/lib/form";
import classes from "./register.module.css";

export function Component() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const user = useSession((state) => state.user);
  const [role, setRole] = useState<User["role"]>(
    params.get("role") === "consultant" ? "consultant" : "seeker",
  );
  const form = useForm({
    mode: "uncontrolled",
    enhanceGetInputProps: named,
    onValuesChange: (values) => setRole(values.role),
    initialValues: {
      role,
      first_name: "",
      last_name: "",
      email: "",
      password: "",
      confirmation: "",
    },
    validate: {
      first_name: (value) => (value.trim() ? null : t("Enter your first name")),
      last_name: (value) => (value.trim() ? null : t("Enter your last name")),
      email: emailProblem,
      password: passwordProblem,
      confirmation: (value, all) => {
        if (!value) return t("Enter the password again");
        return value === all.password ? null : t("The passwords don’t match");
      },
    },
  });

  useEffect(() => {
    if (!user) return;
    const home = user.role === "consultant" ? "/profile" : "/find";
    void navigate(safeNext(params.get("next"), home), { replace: true });
  }, [user, params, navigate]);

  const { onSubmit, busy, problem } = useSubmit(form, ({ confirmation: _, ...wanted }, key) =>
    register({ ...wanted, email: wanted.email.trim() }, key),
  );

  return (
    <AuthFrame
      title={t("Create your account")}
      question={t("Already have an account?")}
      to="/login"
      answer={t("Log in")}
    >
      <form onSubmit={onSubmit} noValidate>
        <Stack>
          <ErrorNote error={problem} />
          <Radio.Group label={t("I want to")} key={form.key("role")} {...form.getInputProps("role")}>
            <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" mt={6}>
              <RoleChoice value="seeker" title={t("Get advice")} text={t("Book experts by the hour")} />
              <RoleChoice
                value="consultant"
                title={t("Give advice")}
                text={t("Offer my time and get paid")}
              />
            </SimpleGrid>
          </Radio.Group>
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <TextInput
              label={t("First name")}
              autoComplete="given-name"
              maxLength={100}
              key={form.key("first_name")}
              {...form.getInputProps("first_name")}
            />
            <TextInput
              label={t("Last name")}
              autoComplete="family-name"
              maxLength={100}
              key={form.key("last_name")}
              {...form.getInputProps("last_name")}
            />
          </SimpleGrid>
          <TextInput
            label={t("E-mail")}
            type="email"
            autoComplete="username"
            key={form.key("email")}
            {...form.getInputProps("email")}
          />
          <SecretInput
            label={t("Password")}
            description={passwordHint()}
            autoComplete="new-password"
            eye={t("Show or hide the password")}
            key={form.key("password")}
            {...form.getInputProps("password")}
          />
          <SecretInput
            label={t("Password again")}
            autoComplete="new-password"
            eye={t("Show or hide the repeated password")}
            key={form.key("confirmation")}
            {...form.getInputProps("confirmation")}
          />
          {role === "consultant" && (
            <Text size="sm" c="dimmed">
              {t(
                "Next, you’ll write your profile, set your hourly rate, set up payouts, and open times for booking. Your page goes public when you save your profile.",
              )}
            </Text>
          )}
          <Button type="submit" size="md" loading={busy}>
            {t("Create account")}
          </Button>
        </Stack>
      </form>
    </AuthFrame>
  );
}

function RoleChoice({ value, title, text }: { value: string; title: string; text: string }) {
  return (
    <Radio.Card value={value} className={classes.choice ?? ""} aria-label={`${title}: ${text}`}>
      <Radio.Indicator />
      <span>
        <strong>{title}</strong>
        <small>{text}</small>
      </span>
    </Radio.Card>
  );
}
