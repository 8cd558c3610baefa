import { Autocomplete, Button, Group, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { Note } from "@/components/ui/note";
import { told } from "@/components/ui/notify";
import { Page } from "@/components/ui/page";
import { SecretInput } from "@/components/ui/secret-input";
import { changePassword, updateMe } from "@/features/session/api";
import { passwordProblem, showErrors } from "@/features/session/form";
import { type User, useSession } from "@/lib/api/session";
import { BROWSER_ZONE, zones } from "@/lib/time";

export function Component() {
  const user = useSession((state) => state.user);
  if (!user) return null;
  return (
    <Page title="Account" lead={`${user.email} · ${user.role}`} narrow>
      <Stack>
        <Person key={user.id} user={user} />
        <Password />
      </Stack>
    </Page>
  );
}

function Person({ user }: { user: User }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const known = zones();
  const form = useForm({
    initialValues: { first_name: user.first_name, last_name: user.last_name, time_zone: user.time_zone },
    validate: {
      first_name: (value) => (value.trim() ? null : "Enter your first name"),
      last_name: (value) => (value.trim() ? null : "Enter your last name"),
      time_zone: (value) => (known.includes(value) ? null : "Choose a time zone from the list"),
    },
  });
  const submit = form.onSubmit(async (values) => {
    setBusy(true);
    setProblem(null);
    try {
      await updateMe(values);
      form.resetDirty();
      told("Saved.");
    } catch (error) {
      setProblem(showErrors(form, error));
    } finally {
      setBusy(false);
    }
  });
  return (
    <form className="card" onSubmit={submit} noValidate>
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
        <Autocomplete
          label="Time zone"
          description="All times are shown in it"
          data={known}
          limit={30}
          {...form.getInputProps("time_zone")}
        />
        {form.getValues().time_zone !== BROWSER_ZONE && (
          <Text size="sm" c="dimmed">
            This device is set to {BROWSER_ZONE}.{" "}
            <Button
              variant="subtle"
              size="compact-sm"
              onClick={() => form.setFieldValue("time_zone", BROWSER_ZONE)}
            >
              Use that
            </Button>
          </Text>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={busy} disabled={!form.isDirty()}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Password() {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { current_password: "", new_password: "" },
    validate: {
      current_password: (value) => (value ? null : "Enter your present password"),
      new_password: passwordProblem,
    },
  });
  const submit = form.onSubmit(async (values) => {
    setBusy(true);
    setProblem(null);
    try {
      await changePassword(values.current_password, values.new_password);
      form.reset();
      told("Your password is changed. Other devices are logged out.");
    } catch (error) {
      setProblem(showErrors(form, error));
    } finally {
      setBusy(false);
    }
  });
  return (
    <form className="card" onSubmit={submit} noValidate>
      <Stack>
        <h2 style={{ margin: 0, fontSize: "1.125rem" }}>Password</h2>
        {problem && (
          <Note kind="bad" live>
            {problem}
          </Note>
        )}
        <SecretInput
          label="Present password"
          autoComplete="current-password"
          what="the present password"
          {...form.getInputProps("current_password")}
        />
        <SecretInput
          label="New password"
          description="At least 10 characters. All your other sessions end."
          autoComplete="new-password"
          what="the new password"
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
