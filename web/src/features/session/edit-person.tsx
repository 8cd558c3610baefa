import { Button, Group, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { CardTitle } from "@/components/ui/card-title";
import { LanguageSelect } from "@/components/ui/language-select";
import { ErrorNote } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import { ZoneSelect } from "@/components/ui/zone-select";
import type { User } from "@/lib/api/session";
import { named, useSubmit } from "@/lib/form";
import { BROWSER_ZONE, currentZone, zoneLabel } from "@/lib/zone";
import { updateMe } from "./api";

/** The name and the time zone of the account, saved together, and the language, which is saved when it is chosen. */
export function EditPerson({ user }: { user: User }) {
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
  const { onSubmit, busy, problem } = useSubmit(
    form,
    // The rest may have been changed elsewhere since this page was opened: sending it would undo that.
    (wanted) => updateMe(Object.fromEntries(Object.entries(wanted).filter(([field]) => form.isDirty(field)))),
    {
      draft: "person",
      onSuccess: (_, sent) => {
        // Compared with what was sent: what was typed in the meantime is yet to be saved.
        form.resetDirty(sent);
        notifySuccess(t("Saved."));
      },
    },
  );
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
