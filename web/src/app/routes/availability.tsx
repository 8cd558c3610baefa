import { ActionIcon, Button, Group, Modal, Skeleton, Stack, Text } from "@mantine/core";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { Failure } from "@/components/ui/failure";
import { GlobeIcon, LeftIcon, PlusIcon, RightIcon, TrashIcon } from "@/components/ui/icons";
import { Note } from "@/components/ui/note";
import { notifyError, notifySuccess } from "@/components/ui/notify";
import { Page } from "@/components/ui/page";
import { AddTimes, type Draft } from "@/features/availability/add-times";
import { type Slot, fetchMySlots, removeSlot } from "@/features/availability/api";
import { AvailabilityTabs } from "@/features/availability/availability-tabs";
import { WeekGrid } from "@/features/availability/week-grid";
import { useLiveInterval } from "@/lib/live";
import { useNow } from "@/lib/now";
import { keys } from "@/lib/query-keys";
import { addDays, dayLabel, instant, weekStart, span, today, zoneName } from "@/lib/time";
import { useZone } from "@/lib/zone";
import classes from "./availability.module.css";

export function Component() {
  const zone = useZone();
  const now = useNow(60_000);
  const [start, setStart] = useState(() => weekStart(today(zone)));
  const [draft, setDraft] = useState<Draft | null>(null);
  const [open, setOpen] = useState<Slot | null>(null);
  const key = keys.slots.mine(start, zone);
  const slots = useQuery({
    queryKey: key,
    queryFn: () =>
      fetchMySlots(
        new Date(instant(start, 0, zone)).toISOString(),
        new Date(instant(addDays(start, 7), 0, zone)).toISOString(),
      ),
    refetchInterval: Math.max(useLiveInterval(), 5_000),
    placeholderData: keepPreviousData,
  });
  const thisWeek = weekStart(today(zone));
  return (
    <Page
      title="Availability"
      lead="Drag or tap in the calendar to open times for booking, or add them with the form."
      action={
        <Button leftSection={<PlusIcon size={18} />} onClick={() => setDraft(nextHour(start, zone))}>
          Add times
        </Button>
      }
    >
      <AvailabilityTabs />
      <div className={classes.bar}>
        <Group gap="xs">
          <ActionIcon
            variant="default"
            size={36}
            aria-label="Previous week"
            disabled={start <= thisWeek}
            onClick={() => setStart(addDays(start, -7))}
          >
            <LeftIcon />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size={36}
            aria-label="Next week"
            onClick={() => setStart(addDays(start, 7))}
          >
            <RightIcon />
          </ActionIcon>
          <Button variant="default" disabled={start === thisWeek} onClick={() => setStart(thisWeek)}>
            This week
          </Button>
        </Group>
        <h2 className={classes.range} aria-live="polite">
          {dayLabel(start, { day: "numeric", month: "long" })} –{" "}
          {dayLabel(addDays(start, 6), { day: "numeric", month: "long", year: "numeric" })}
        </h2>
        <span className={classes.zone}>
          <GlobeIcon size={16} /> Times in {zoneName(zone, instant(start, 720, zone))}
        </span>
      </div>
      {slots.isError ? (
        <Failure error={slots.error} retry={() => void slots.refetch()} />
      ) : slots.isPending ? (
        <Skeleton height={560} radius={14} />
      ) : (
        <WeekGrid
          start={start}
          zone={zone}
          slots={slots.data}
          settled={!slots.isPlaceholderData}
          now={now}
          onDraw={setDraft}
          onOpen={setOpen}
        />
      )}
      <Text size="sm" c="dimmed" mt="sm">
        <span className={classes.free} /> Available <span className={classes.booked} /> Booked
      </Text>
      <AddTimes draft={draft} slots={slots.data ?? []} zone={zone} onClose={() => setDraft(null)} />
      <Modal
        opened={open !== null}
        onClose={() => setOpen(null)}
        title={open?.is_booked ? "Booked time" : "Available time"}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {open && <SlotDetails slot={open} zone={zone} queryKey={key} onClose={() => setOpen(null)} />}
      </Modal>
    </Page>
  );
}

type DetailsProps = { slot: Slot; zone: string; queryKey: readonly unknown[]; onClose: () => void };

function SlotDetails({ slot, zone, queryKey, onClose }: DetailsProps) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => removeSlot(slot.id),
    // Gone at once; put back if the server refuses.
    onMutate: async () => {
      await client.cancelQueries({ queryKey });
      const before = client.getQueryData<Slot[]>(queryKey);
      client.setQueryData<Slot[]>(queryKey, (all) => all?.filter((one) => one.id !== slot.id));
      onClose();
      return before;
    },
    onError: (error, _, before) => {
      client.setQueryData(queryKey, before);
      notifyError(error);
    },
    onSuccess: () => notifySuccess("The time is no longer open."),
    onSettled: () => client.invalidateQueries({ queryKey: keys.slots.all }),
  });
  return (
    <Stack>
      <Text fw={600}>{span(slot.start_time, slot.end_time, zone)}</Text>
      {slot.is_booked ? (
        <Note kind="live">
          Somebody has booked this time, so it can’t be removed.{" "}
          <Link to="/dashboard">See your bookings</Link>
        </Note>
      ) : (
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Keep it
          </Button>
          <Button color="red.9" leftSection={<TrashIcon size={18} />} onClick={() => remove.mutate()}>
            Remove
          </Button>
        </Group>
      )}
    </Stack>
  );
}

/** What the form starts with: the next full hour, in the shown week. */
function nextHour(start: string, zone: string): Draft {
  const now = today(zone);
  return { day: start > now ? start : addDays(now, 1), from: 9 * 60, to: 12 * 60 };
}
