import { Button, Group, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { LanguageSelect } from "@/components/ui/language-select";
import { Note } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import { Page } from "@/components/ui/page";
import { Link } from "react-router";
import { ZoneSelect } from "@/components/ui/zone-select";
import { SecretInput } from "@/components/ui/secret-input";
import { changePassword, updateMe } from "@/features/session/api";
import { emailProblem, passwordProblem } from "@/features/session/form";
import { changeEmail } from "@/features/session/recovery";
import { Sessions } from "@/features/session/sessions";
import { type User, useSession } from "@/lib/api/session";
import { named, useSubmit } from "@/lib/form";
import { BROWSER_ZONE } from "@/lib/time";
import { currentZone, zoneLabel } from "@/lib/zones";

export function Component() {
  const user = useSession((state) => state.user);
  if (!user) return null;
  return (
    <Page title="Account" lead={`${user.email} · ${user.role}`} narrow>
      <Stack>
        <Person key={user.id} user={user} />
        <Email user={user} />
        <Password />
        <div className="card">
          <Group justify="space-between">
            <h2 style={{ margin: 0, fontSize: "1.125rem" }}>Notifications</h2>
            <Button variant="default" component={Link} to="/settings/notifications">
              Choose which e-mails you get
            </Button>
          </Group>
        </div>
        <Sessions />
      </Stack>
    </Page>
  );
}

function Person({ user }: { user: User }) {
  const device = currentZone(BROWSER_ZONE);
  const form = useForm({
    enhanceGetInputProps: named,
    initialValues: {
      first_name: user.first_name,
      last_name: user.last_name,
      time_zone: currentZone(user.time_zone),
    },
    validate: {
      first_name: (value) => (value.trim() ? null : "Enter your first name"),
      last_name: (value) => (value.trim() ? null : "Enter your last name"),
    },
  });
  const { onSubmit, busy, problem } = useSubmit(form, updateMe, {
    onSuccess: () => {
      form.resetDirty();
      notifySuccess("Saved.");
    },
  });
  return (
    <form className="card" onSubmit={onSubmit} noValidate>
      <Stack>
        <h2 style={{ margin: 0, fontSize: "1.125rem" }}>You</h2>
        {problem && (
          <Note kind="bad" live>
            {problem}
          </Note>
        )}
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <TextInput
            label="First name"
            autoComplete="given-name"
            maxLength={100}
            {...form.getInputProps("first_name")}
          />
          <TextInput
            label="Last name"
            autoComplete="family-name"
            maxLength={100}
            {...form.getInputProps("last_name")}
          />
        </SimpleGrid>
        <ZoneSelect
          label="Time zone"
          description="All times are shown in it"
          {...form.getInputProps("time_zone")}
          value={form.getValues().time_zone}
        />
        {form.getValues().time_zone !== device && (
          <Text size="sm" c="dimmed">
            This device is set to {zoneLabel(device)}.{" "}
            <Button
              variant="subtle"
              size="compact-sm"
              onClick={() => form.setFieldValue("time_zone", device)}
            >
              Use that
            </Button>
          </Text>
        )}
        <LanguageSelect label="Language" description="Kept in this browser" />
        <Group justify="flex-end">
          <Button type="submit" loading={busy} disabled={!form.isDirty()}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Email({ user }: { user: User }) {
  const [sentTo, setSentTo] = useState<string | null>(null);
  const form = useForm({
    enhanceGetInputProps: named,
    initialValues: { new_email: "", current_password: "" },
    validate: {
      new_email: emailProblem,
      current_password: (value) => (value ? null : "Enter your current password"),
    },
  });
  const { onSubmit, busy, problem } = useSubmit(
    form,
    ({ new_email, current_password }) => changeEmail(new_email.trim(), current_password),
    {
      onSuccess: (_, { new_email }) => {
        form.reset();
        setSentTo(new_email.trim());
      },
    },
  );
  return (
    <form className="card" onSubmit={onSubmit} noValidate>
      <Stack>
        <h2 style={{ margin: 0, fontSize: "1.125rem" }}>E-mail address</h2>
        {problem && (
          <Note kind="bad" live>
            {problem}
          </Note>
        )}
        {sentTo && (
          <Note kind="good" live>
            We’ve sent a link to {sentTo}. Until you open it, {user.email} stays your address.
          </Note>
        )}
        <TextInput
          label="New e-mail address"
          type="email"
          autoComplete="email"
          {...form.getInputProps("new_email")}
        />
        <SecretInput
          label="Your password"
          autoComplete="current-password"
          eye="Show or hide your password"
          {...form.getInputProps("current_password")}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={busy}>
            Change address
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Password() {
  const form = useForm({
    enhanceGetInputProps: named,
    initialValues: { current_password: "", new_password: "" },
    validate: {
      current_password: (value) => (value ? null : "Enter your current password"),
      new_password: passwordProblem,
    },
  });
  const { onSubmit, busy, problem } = useSubmit(
    form,
    ({ current_password, new_password }) => changePassword(current_password, new_password),
    {
      onSuccess: () => {
        form.reset();
        notifySuccess("Your password is changed. Other devices are logged out.");
      },
    },
  );
  return (
    <form className="card" onSubmit={onSubmit} noValidate>
      <Stack>
        <h2 style={{ margin: 0, fontSize: "1.125rem" }}>Password</h2>
        {problem && (
          <Note kind="bad" live>
            {problem}
          </Note>
        )}
        <SecretInput
          label="Current password"
          autoComplete="current-password"
          eye="Show or hide the current password"
          {...form.getInputProps("current_password")}
        />
        <SecretInput
          label="New password"
          description="At least 10 characters. All your other sessions end."
          autoComplete="new-password"
          eye="Show or hide the new password"
          {...form.getInputProps("new_password")}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={busy}>
            Change password
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
