import { Button, Group, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CardTitle } from "@/components/ui/card-title";
import { LanguageSelect } from "@/components/ui/language-select";
import { ErrorNote, Note } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import { Page } from "@/components/ui/page";
import { Link } from "react-router";
import { ZoneSelect } from "@/components/ui/zone-select";
import { SecretInput } from "@/components/ui/secret-input";
import { changePassword, updateMe } from "@/features/session/api";
import { PASSWORD_LENGTH, emailProblem, passwordProblem } from "@/features/session/form";
import { changeEmail } from "@/features/session/recovery";
import { Sessions } from "@/features/session/sessions";
import { type User, useSession } from "@/lib/api/session";
import { named, resetSent, useSubmit } from "@/lib/form";
import { BROWSER_ZONE } from "@/lib/time";
import { currentZone, zoneLabel } from "@/lib/zones";

export function Component() {
  const { t } = useTranslation();
  const user = useSession((state) => state.user);
  if (!user) return null;
  return (
    <Page
      title={t("Account")}
      lead={
        user.role === "seeker"
          ? t("{email} · seeker", { email: user.email })
          : t("{email} · expert", { email: user.email })
      }
      narrow
    >
      <Stack>
        <Person key={user.id} user={user} />
        <Email user={user} />
        <Password />
        <div className="card">
          <Group justify="space-between">
            <CardTitle>{t("Notifications")}</CardTitle>
            <Button variant="default" component={Link} to="/settings/notifications">
              {t("Choose which e-mails you get")}
            </Button>
          </Group>
        </div>
        <Sessions />
      </Stack>
    </Page>
  );
}

function Person({ user }: { user: User }) {
  const { t } = useTranslation();
  const device = currentZone(BROWSER_ZONE);
  const form = useForm({
    enhanceGetInputProps: named,
    initialValues: {
      first_name: user.first_name,
      last_name: user.last_name,
      time_zone: currentZone(user.time_zone),
    },
    validate: {
      first_name: (value) => (value.trim() ? null : t("Enter your first name")),
      last_name: (value) => (value.trim() ? null : t("Enter your last name")),
    },
  });
  const { onSubmit, busy, problem } = useSubmit(form, updateMe, {
    onSuccess: (_, sent) => {
      // Compared with what was sent: what was typed in the meantime is yet to be saved.
      form.resetDirty(sent);
      notifySuccess(t("Saved."));
    },
  });
  return (
    <form className="card" onSubmit={onSubmit} noValidate>
      <Stack>
        <CardTitle>{t("You")}</CardTitle>
        <ErrorNote error={problem} />
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <TextInput
            label={t("First name")}
            autoComplete="given-name"
            maxLength={100}
            {...form.getInputProps("first_name")}
          />
          <TextInput
            label={t("Last name")}
            autoComplete="family-name"
            maxLength={100}
            {...form.getInputProps("last_name")}
          />
        </SimpleGrid>
        <ZoneSelect
          label={t("Time zone")}
          description={t("Used for all the times you see")}
          {...form.getInputProps("time_zone")}
          value={form.getValues().time_zone}
        />
        {form.getValues().time_zone !== device && (
          <Text size="sm" c="dimmed">
            {t("This device is set to {zone}.", { zone: zoneLabel(device) })}{" "}
            <Button
              variant="subtle"
              size="compact-sm"
              onClick={() => form.setFieldValue("time_zone", device)}
            >
              {t("Use this time zone")}
            </Button>
          </Text>
        )}
        <LanguageSelect label={t("Language")} description={t("For the app and the e-mails you get")} />
        <Group justify="flex-end">
          <Button type="submit" loading={busy} disabled={!form.isDirty()}>
            {t("Save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Email({ user }: { user: User }) {
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
    ({ new_email, current_password }) => changeEmail(new_email.trim(), current_password),
    {
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

function Password() {
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
    ({ current_password, new_password }) => changePassword(current_password, new_password),
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
