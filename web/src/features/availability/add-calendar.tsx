import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ErrorNote } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import { named, resetSent, useSubmit } from "@/lib/form";
import { keys } from "@/lib/query-keys";
import { addCalendar } from "./calendars-api";
import classes from "./rules-editor.module.css";

/** The form for another busy calendar: a name, and its secret iCalendar address. */
export function AddCalendar() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const form = useForm({
    enhanceGetInputProps: named,
    initialValues: { name: "", url: "" },
    validate: {
      name: (value) => (value.trim() ? null : t("Enter a name, for example “Private”")),
      url: (value) =>
        /^(https?|webcals?):\/\/\S+$/i.test(value.trim())
          ? null
          : t("Enter the calendar’s address, beginning with https:// or webcal://"),
    },
  });
  const { onSubmit, busy, problem } = useSubmit(
    form,
    ({ name, url }, key) => addCalendar({ name: name.trim(), url: url.trim() }, key),
    {
      draft: "calendar",
      onSuccess: (_, sent) => {
        resetSent(form, sent);
        notifySuccess(t("Calendar added. We’ll read it in a moment."));
        void client.invalidateQueries({ queryKey: keys.calendars });
        void client.invalidateQueries({ queryKey: keys.slots.all });
      },
    },
  );
  return (
    <form className="card" onSubmit={onSubmit} noValidate>
      <Stack>
        <h2 className={classes.heading}>{t("Add a calendar")}</h2>
        <ErrorNote error={problem} />
        <TextInput
          data-row-add
          label={t("Name")}
          maxLength={100}
          autoComplete="off"
          {...form.getInputProps("name")}
        />
        <TextInput
          label={t("Secret address in iCal format")}
          description={t("It ends in .ics. Only the times are read, and the address isn’t shown again.")}
          type="url"
          autoComplete="off"
          maxLength={2048}
          {...form.getInputProps("url")}
        />
        <Text size="sm" c="dimmed">
          {t(
            "Google Calendar: Settings, your calendar, “Secret address in iCal format”. Outlook: Settings, Shared calendars, “Publish a calendar”. Apple iCloud: share the calendar as a public calendar.",
          )}
        </Text>
        <Group justify="flex-end">
          <Button type="submit" loading={busy}>
            {t("Add calendar")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
