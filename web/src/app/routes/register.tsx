import { Button, Radio, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useEffect } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { Note } from "@/components/ui/note";
import { SecretInput } from "@/components/ui/secret-input";
import { register } from "@/features/session/api";
import { AuthFrame } from "@/features/session/auth-frame";
import { PASSWORD_LENGTH, emailProblem, passwordProblem } from "@/features/session/form";
import { safeNext } from "@/features/session/next";
import { type User, useSession } from "@/lib/api/session";
import { named, useSubmit } from "@/lib/form";
import classes from "./register.module.css";

const needed = (what: string) => (value: string) => (value.trim() ? null : `Enter your ${what}`);

export function Component() {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const user = useSession((state) => state.user);
  const form = useForm({
    mode: "uncontrolled",
    enhanceGetInputProps: named,
    initialValues: {
      role: (params.get("role") === "consultant" ? "consultant" : "seeker") as User["role"],
      first_name: "",
      last_name: "",
      email: "",
      password: "",
      confirmation: "",
    },
    validate: {
      first_name: needed("first name"),
      last_name: needed("last name"),
      email: emailProblem,
      password: passwordProblem,
      confirmation: (value, all) => {
        if (!value) return "Enter the password again";
        return value === all.password ? null : "This differs from the password above";
      },
    },
  });

  useEffect(() => {
    if (!user) return;
    const home = user.role === "consultant" ? "/profile" : "/find";
    void navigate(safeNext(params.get("next"), home), { replace: true });
  }, [user, params, navigate]);

  const { onSubmit, busy, problem } = useSubmit(form, ({ confirmation: _, ...wanted }) =>
    register({ ...wanted, email: wanted.email.trim() }),
  );

  return (
    <AuthFrame title="Create your account" question="Already here?" to="/login" answer="Log in">
      <form onSubmit={onSubmit} noValidate>
        <Stack>
          {problem && (
            <Note kind="bad" live>
              {problem}
            </Note>
          )}
          <Radio.Group label="I want to" key={form.key("role")} {...form.getInputProps("role")}>
            <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" mt={6}>
              <RoleChoice value="seeker" title="Get advice" text="Book experts by the hour" />
              <RoleChoice value="consultant" title="Give advice" text="Offer my time and get paid" />
            </SimpleGrid>
          </Radio.Group>
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <TextInput
              label="First name"
              autoComplete="given-name"
              maxLength={100}
              key={form.key("first_name")}
              {...form.getInputProps("first_name")}
            />
            <TextInput
              label="Last name"
              autoComplete="family-name"
              maxLength={100}
              key={form.key("last_name")}
              {...form.getInputProps("last_name")}
            />
          </SimpleGrid>
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="username"
            key={form.key("email")}
            {...form.getInputProps("email")}
          />
          <SecretInput
            label="Password"
            description={`At least ${PASSWORD_LENGTH.min} characters; a few words are fine`}
            autoComplete="new-password"
            what="the password"
            key={form.key("password")}
            {...form.getInputProps("password")}
          />
          <SecretInput
            label="Password again"
            autoComplete="new-password"
            what="the repeated password"
            key={form.key("confirmation")}
            {...form.getInputProps("confirmation")}
          />
          <Button type="submit" size="md" loading={busy}>
            Create account
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
