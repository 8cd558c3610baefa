import { Button, NativeSelect, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { LocaleDateInput } from "@/components/ui/locale-date-input";
import { dayWanted } from "@/components/ui/read-day";
import { ErrorNote } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import { FARTHEST_DAYS } from "@/features/directory/free-slots";
import { serverNow } from "@/lib/clock";
import { WHOLE_FORM, named, useSubmit } from "@/lib/form";
import { t } from "@/lib/i18n/i18n";
import { keys } from "@/lib/query-keys";
import { DAY, type Day, MINUTE, addDays, length, today, zoneName } from "@/lib/time";
import { type Slot, addSlots } from "./api";
import { asTime, fromTime, objection, sessions } from "./layout";
import { lengthsToOffer, useShortestSession } from "./session-lengths";

/** What the form begins with. */
export type Draft = { day: Day; from: number; to: number };

/** The name under which what was typed is kept. */
export const KEPT_TIMES = "times";

const DAY_MINUTES = 24 * 60;
const LENGTHS = [15, 30, 45, 60, 90, 120];

type Props = { draft: Draft | null; slots: Slot[]; zone: string; onClose: () => void };

/** New free times: a day, a span, how long a session is, and for how many weeks. */
export function AddTimes({ draft, slots, zone, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Dialog opened={draft !== null} onClose={onClose} title={t("Add available times")}>
      {draft && (
        <Form
          key={`${draft.day}${draft.from}${draft.to}`}
          draft={draft}
          slots={slots}
          zone={zone}
          onClose={onClose}
        />
      )}
    </Dialog>
  );
}

/** The day is empty while what is typed is none. */
type Values = { day: Day | ""; from: string; to: string; size: string; weeks: string };

function Form({ draft, slots, zone, onClose }: Props & { draft: Draft }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const shortest = useShortestSession();
  // Until one is chosen; the shortest is known when the settings have come.
  const usual = String(Math.max(shortest, Math.min(60, draft.to - draft.from)));
  const withSize = (values: Values) => ({ ...values, size: values.size || usual });
  const form = useForm<Values>({
    enhanceGetInputProps: named,
    initialValues: {
      day: draft.day,
      from: asTime(draft.from),
      // A clock has no 24:00: midnight as an end means the end of the day.
      to: draft.to === DAY_MINUTES ? "00:00" : asTime(draft.to),
      size: "",
      weeks: "1",
    },
    validate: (values) => {
      const against = objectionTo(withSize(values), shortest, slots, zone);
      return against ? { [WHOLE_FORM]: against } : {};
    },
    transformValues: withSize,
    // A complaint is about what was entered together: it goes with the next change.
    onValuesChange: () => {
      form.clearErrors();
    },
  });
  const { day, size } = withSize(form.values);
  const wanted = wantedSessions(withSize(form.values), zone);
  const { onSubmit, busy, problem } = useSubmit(
    form,
    (values, key) => addSlots(wantedSessions(values, zone), key),
    {
      draft: KEPT_TIMES,
      onSuccess: ({ items }) => {
        notifySuccess(
          t("{count, plural, one {The time is} other {# times are}} open for booking.", {
            count: items.length,
          }),
        );
        onClose();
      },
      onSettled: () => void client.invalidateQueries({ queryKey: keys.slots.all }),
    },
  );
  const weeksLabel = (count: number) => t("{count, plural, one {# week} other {# weeks}}", { count });
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <LocaleDateInput
          label={t("Day")}
          minDate={today(zone)}
          maxDate={addDays(today(zone), FARTHEST_DAYS)}
          {...form.getInputProps("day")}
          onChange={(value) => form.setFieldValue("day", value ?? "")}
        />
        <SimpleGrid cols={2} spacing="sm">
          <TextInput label={t("From")} type="time" step={900} {...form.getInputProps("from")} />
          <TextInput label={t("Until")} type="time" step={900} {...form.getInputProps("to")} />
          <NativeSelect
            label={t("Session length")}
            data={lengthsToOffer(LENGTHS, shortest, Number(size)).map((minutes) => ({
              value: String(minutes),
              label: length(minutes * MINUTE),
            }))}
            {...form.getInputProps("size")}
            value={size}
          />
          <NativeSelect
            label={t("Repeat")}
            data={[
              { value: "1", label: t("Just this day") },
              { value: "2", label: weeksLabel(2) },
              { value: "4", label: weeksLabel(4) },
              { value: "8", label: weeksLabel(8) },
            ]}
            {...form.getInputProps("weeks")}
          />
        </SimpleGrid>
        <Text size="sm" c="dimmed">
          {t("{count, plural, one {# session} other {# sessions}}. Times are in {zone}.", {
            count: wanted.length,
            zone: zoneName(zone, Date.parse(wanted[0]?.start_time ?? `${day || draft.day}T12:00:00Z`)),
          })}
        </Text>
        <ErrorNote error={problem} />
        <DialogActions busy={busy}>
          <Button variant="default" disabled={busy} onClick={onClose}>
            {t("Back")}
          </Button>
          <Button type="submit" loading={busy}>
            {t("Add")}
          </Button>
        </DialogActions>
      </Stack>
    </form>
  );
}

/** The span in minutes of the day; null where one of its ends is not a time. */
function minutesOf({ from, to }: Values): { start: number; end: number } | null {
  const start = fromTime(from);
  const end = to === "00:00" ? DAY_MINUTES : fromTime(to);
  return start === null || end === null ? null : { start, end };
}

/** The sessions that the span is cut into, week by week. */
function wantedSessions(values: Values, zone: string) {
  const minutes = minutesOf(values);
  const { day } = values;
  if (minutes === null || day === "") return [];
  return Array.from({ length: Number(values.weeks) }, (_, index) =>
    sessions(addDays(day, index * 7), minutes.start, minutes.end, Number(values.size), zone),
  ).flat();
}

/** What is wrong with the values, in words; null when nothing is. `shortest` is that of sessions, in minutes. */
function objectionTo(values: Values, shortest: number, slots: Slot[], zone: string): string | null {
  if (values.day === "") return dayWanted();
  const minutes = minutesOf(values);
  if (minutes === null) return t("Enter times as hours and minutes, for example 09:30.");
  const { day, size } = values;
  const now = serverNow();
  const against = objection(day, minutes.start, minutes.end, Number(size), shortest, slots, zone, now);
  if (against) return against;
  // The farthest is in the last week.
  const farthest = Date.parse(wantedSessions(values, zone).at(-1)?.start_time ?? "");
  return farthest > now + FARTHEST_DAYS * DAY
    ? t("Times can be opened up to {count, plural, one {# day} other {# days}} ahead.", {
        count: FARTHEST_DAYS,
      })
    : null;
}
