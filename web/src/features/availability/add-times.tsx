import { Button, Group, Modal, NativeSelect, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { LocaleDateInput } from "@/components/ui/locale-date-input";
import { Note } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import { Intent } from "@/lib/api/intent";
import { sentence } from "@/lib/api/problem";
import { keys } from "@/lib/query-keys";
import { type Day, addDays, length, today, zoneName } from "@/lib/time";
import { type Slot, addSlots } from "./api";
import { asTime, fromTime, objection, sessions } from "./layout";

export type Draft = { day: Day; from: number; to: number };

const LENGTHS = [15, 30, 45, 60, 90, 120];

type Props = { draft: Draft | null; slots: Slot[]; zone: string; onClose: () => void };

/** New free times: a day, a span, how long a session is, and for how many weeks. */
export function AddTimes({ draft, slots, zone, onClose }: Props) {
  return (
    <Modal
      opened={draft !== null}
      onClose={onClose}
      title="Add available times"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {draft && (
        <Form
          key={`${draft.day}${draft.from}${draft.to}`}
          draft={draft}
          slots={slots}
          zone={zone}
          onClose={onClose}
        />
      )}
    </Modal>
  );
}

function Form({ draft, slots, zone, onClose }: Props & { draft: Draft }) {
  const client = useQueryClient();
  const [day, setDay] = useState<string>(draft.day);
  const [from, setFrom] = useState(asTime(draft.from));
  const [to, setTo] = useState(asTime(draft.to));
  const [size, setSize] = useState(draft.to - draft.from >= 60 ? 60 : draft.to - draft.from);
  const [weeks, setWeeks] = useState(1);
  const [problem, setProblem] = useState<string | null>(null);
  const [intent] = useState(() => new Intent());
  const start = fromTime(from);
  // "00:00" as an end means the end of the day.
  const end = to === "00:00" ? 24 * 60 : fromTime(to);
  const perDay = start !== null && end !== null ? sessions(day, start, end, size, zone).length : 0;

  const add = useMutation({
    mutationFn: (wanted: { start_time: string; end_time: string }[]) =>
      intent.run(wanted, (key) => addSlots(wanted, key)),
    onSuccess: ({ items }) => {
      notifySuccess(
        items.length === 1 ? "The time is open for booking." : `${items.length} times are open for booking.`,
      );
      onClose();
    },
    onError: (error) => setProblem(sentence(error)),
    onSettled: () => client.invalidateQueries({ queryKey: keys.slots.all }),
  });

  const submit = () => {
    if (start === null || end === null) {
      setProblem("Enter times as hours and minutes, for example 09:30.");
      return;
    }
    const against = objection(day, start, end, size, slots, zone, Date.now());
    setProblem(against);
    if (against) return;
    const wanted = Array.from({ length: weeks }, (_, index) =>
      sessions(addDays(day, index * 7), start, end, size, zone),
    ).flat();
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
          label="Day"
          value={day}
          minDate={today(zone)}
          onChange={(value) => value && setDay(value)}
        />
        <SimpleGrid cols={2} spacing="sm">
          <TextInput
            label="From"
            type="time"
            step={900}
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
          <TextInput
            label="Until"
            type="time"
            step={900}
            value={to === "24:00" ? "00:00" : to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
          <NativeSelect
            label="Session length"
            data={[...new Set([...LENGTHS, size])]
              .sort((a, b) => a - b)
              .map((minutes) => ({ value: String(minutes), label: length(minutes * 60_000) }))}
            value={String(size)}
            onChange={(event) => setSize(Number(event.currentTarget.value))}
          />
          <NativeSelect
            label="Repeat"
            data={[
              { value: "1", label: "Just this day" },
              { value: "2", label: "2 weeks" },
              { value: "4", label: "4 weeks" },
              { value: "8", label: "8 weeks" },
            ]}
            value={String(weeks)}
            onChange={(event) => setWeeks(Number(event.currentTarget.value))}
          />
        </SimpleGrid>
        <Text size="sm" c="dimmed">
          {perDay * weeks} {perDay * weeks === 1 ? "session" : "sessions"}. Times are those of{" "}
          {zoneName(zone)}.
        </Text>
        {problem && (
          <Note kind="bad" live>
            {problem}
          </Note>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button type="submit" loading={add.isPending}>
            Add
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
