import { Button, NativeSelect, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { LocaleDateInput } from "@/components/ui/locale-date-input";
import { Note } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import { Intent } from "@/lib/api/intent";
import { sentence } from "@/lib/api/problem";
import { serverNow } from "@/lib/clock";
import { keys } from "@/lib/query-keys";
import { type Day, addDays, length, today, zoneName } from "@/lib/time";
import { type Slot, addSlots } from "./api";
import { asTime, fromTime, objection, sessions } from "./layout";
import { lengthsToOffer, useShortestSession } from "./session-lengths";

export type Draft = { day: Day; from: number; to: number };

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

function Form({ draft, slots, zone, onClose }: Props & { draft: Draft }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [day, setDay] = useState<string>(draft.day);
  const [from, setFrom] = useState(asTime(draft.from));
  const [to, setTo] = useState(asTime(draft.to));
  const shortest = useShortestSession();
  const [chosenSize, setSize] = useState<number | null>(null);
  const size = chosenSize ?? Math.max(shortest, Math.min(60, draft.to - draft.from));
  const [weeks, setWeeks] = useState(1);
  const [problem, setProblem] = useState<string | null>(null);
  const [intent] = useState(() => new Intent());
  const start = fromTime(from);
  // "00:00" as an end means the end of the day.
  const end = to === "00:00" ? 24 * 60 : fromTime(to);
  const wanted =
    start === null || end === null
      ? []
      : Array.from({ length: weeks }, (_, index) =>
          sessions(addDays(day, index * 7), start, end, size, zone),
        ).flat();
  /** A complaint is about what was entered: it goes with the next change. */
  const changes =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      setProblem(null);
      set(value);
    };

  const add = useMutation({
    mutationFn: (wanted: { start_time: string; end_time: string }[]) =>
      intent.run(wanted, (key) => addSlots(wanted, key)),
    onSuccess: ({ items }) => {
      notifySuccess(
        t("{count, plural, one {The time is} other {# times are}} open for booking.", {
          count: items.length,
        }),
      );
      onClose();
    },
    onError: (error) => setProblem(sentence(error)),
    onSettled: () => client.invalidateQueries({ queryKey: keys.slots.all }),
  });

  const weeksLabel = (count: number) => t("{count, plural, one {# week} other {# weeks}}", { count });

  const submit = () => {
    if (start === null || end === null) {
      setProblem(t("Enter times as hours and minutes, for example 09:30."));
      return;
    }
    const against = objection(day, start, end, size, shortest, slots, zone, serverNow());
    setProblem(against);
    if (against) return;
    add.mutate(wanted);
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      noValidate
    >
      <Stack>
        <LocaleDateInput
          label={t("Day")}
          value={day}
          minDate={today(zone)}
          onChange={(value) => value && changes(setDay)(value)}
        />
        <SimpleGrid cols={2} spacing="sm">
          <TextInput
            label={t("From")}
            type="time"
            step={900}
            value={from}
            onChange={(event) => changes(setFrom)(event.currentTarget.value)}
          />
          <TextInput
            label={t("Until")}
            type="time"
            step={900}
            value={to === "24:00" ? "00:00" : to}
            onChange={(event) => changes(setTo)(event.currentTarget.value)}
          />
          <NativeSelect
            label={t("Session length")}
            data={lengthsToOffer(LENGTHS, shortest, size).map((minutes) => ({
              value: String(minutes),
              label: length(minutes * 60_000),
            }))}
            value={String(size)}
            onChange={(event) => changes(setSize)(Number(event.currentTarget.value))}
          />
          <NativeSelect
            label={t("Repeat")}
            data={[
              { value: "1", label: t("Just this day") },
              { value: "2", label: weeksLabel(2) },
              { value: "4", label: weeksLabel(4) },
              { value: "8", label: weeksLabel(8) },
            ]}
            value={String(weeks)}
            onChange={(event) => changes(setWeeks)(Number(event.currentTarget.value))}
          />
        </SimpleGrid>
        <Text size="sm" c="dimmed">
          {t("{count, plural, one {# session} other {# sessions}}. Times are those of {zone}.", {
            count: wanted.length,
            zone: zoneName(zone, Date.parse(wanted[0]?.start_time ?? `${day}T12:00:00Z`)),
          })}
        </Text>
        {problem && (
          <Note kind="bad" live>
            {problem}
          </Note>
        )}
        <DialogActions>
          <Button variant="default" onClick={onClose}>
            {t("Back")}
          </Button>
          <Button type="submit" loading={add.isPending}>
            {t("Add")}
          </Button>
        </DialogActions>
      </Stack>
    </form>
  );
}
