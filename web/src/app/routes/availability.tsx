import { ActionIcon, Button, Group, Skeleton, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "@/components/ui/failure";
import { GlobeIcon, LeftIcon, PlusIcon, RightIcon } from "@/components/ui/icons";
import { Page } from "@/components/ui/page";
import { AddTimes, type Draft, KEPT_TIMES } from "@/features/availability/add-times";
import { type Slot, fetchMySlots } from "@/features/availability/api";
import { AvailabilityTabs } from "@/features/availability/availability-tabs";
import { ExplainTime } from "@/features/availability/explain-time";
import { useGuests } from "@/features/availability/guests";
import { type WallTime, morning } from "@/features/availability/layout";
import { SlotDetails } from "@/features/availability/slot-details";
import { WeekGrid } from "@/features/availability/week-grid";
import { hasDraft } from "@/lib/drafts";
import { useLiveInterval } from "@/lib/live";
import { useNow } from "@/lib/now";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { type Day, addDays, dayLabel, instant, today, weekStart, zoneName } from "@/lib/time";
import { useZone } from "@/lib/zone";
import classes from "./availability.module.css";

export function Component() {
  const { t } = useTranslation();
  const touch = useMediaQuery("(pointer: coarse)");
  const zone = useZone();
  const now = useNow(60_000);
  // A day of the shown week: where the week begins changes with the reader's language.
  const [shown, setShown] = useState(() => today(zone));
  const start = weekStart(shown);
  // What was typed when the session ended is shown at once: nobody should have to look for it.
  const [draft, setDraft] = useState<Draft | null>(() =>
    hasDraft(KEPT_TIMES) ? oneMorning(start, zone) : null,
  );
  const [asked, setAsked] = useState<WallTime | null>(null);
  const guestOf = useGuests();
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
      title={t("Availability")}
      lead={
        touch
          ? t("Tap an empty slot to open it for booking, or to see why it isn’t offered.")
          : t(
              "Drag on the calendar to open times for booking. Click an empty slot to see why it isn’t offered.",
            )
      }
      action={
        <Button leftSection={<PlusIcon size={18} />} onClick={() => setDraft(oneMorning(start, zone))}>
          {t("Add times")}
        </Button>
      }
    >
      <AvailabilityTabs />
      <div className={classes.bar}>
        <Group gap="xs">
          <ActionIcon
            variant="default"
            size={36}
            aria-label={t("Previous week")}
            disabled={start <= thisWeek}
            onClick={() => setShown(addDays(shown, -7))}
          >
            <LeftIcon />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size={36}
            aria-label={t("Next week")}
            onClick={() => setShown(addDays(shown, 7))}
          >
            <RightIcon />
          </ActionIcon>
          <Button variant="default" disabled={start === thisWeek} onClick={() => setShown(today(zone))}>
            {t("This week")}
          </Button>
        </Group>
        <h2 className={classes.range} aria-live="polite">
          {dayLabel(start, { day: "numeric", month: "long" })} –{" "}
          {dayLabel(addDays(start, 6), { day: "numeric", month: "long", year: "numeric" })}
        </h2>
        <span className={classes.zone}>
          <GlobeIcon size={16} /> {t("Times in {zone}", { zone: zoneName(zone, instant(start, 720, zone)) })}
        </span>
      </div>
      {slots.isPending ? (
        <Skeleton height={560} radius={14} />
      ) : slots.isLoadingError ? (
        <Failure error={slots.error} retry={() => void slots.refetch()} />
      ) : (
        <WeekGrid
          start={start}
          zone={zone}
          slots={slots.data}
          settled={!slots.isPlaceholderData}
          now={now}
          guestOf={(slot) => guestOf(slot)?.name ?? null}
          onDraw={setDraft}
          onAsk={setAsked}
          onOpen={setOpen}
        />
      )}
      <Group justify="space-between" mt="sm">
        <Text size="sm" c="dimmed">
          <span className={classes.free} /> {t("Available")} <span className={classes.booked} /> {t("Booked")}
          {start <= thisWeek && (
            <>
              {" "}
              <span className={classes.past} /> {t("Past, not booked")}
            </>
          )}
        </Text>
        <Button variant="subtle" size="compact-sm" onClick={() => setAsked(morning(start, today(zone)))}>
          {t("Why isn’t a time offered?")}
        </Button>
      </Group>
      <AddTimes draft={draft} slots={slots.data ?? []} zone={zone} onClose={() => setDraft(null)} />
      <ExplainTime
        asked={asked}
        zone={zone}
        onClose={() => setAsked(null)}
        onAdd={({ day, minutes }) => {
          setAsked(null);
          setDraft({ day, from: minutes, to: Math.min(minutes + 60, 24 * 60) });
        }}
      />
      <SlotDetails
        slot={open}
        guest={open && guestOf(open)}
        zone={zone}
        now={now}
        queryKey={key}
        onClose={() => setOpen(null)}
      />
    </Page>
  );
}

/** What the form starts with: a morning of the shown week, or tomorrow's. */
function oneMorning(start: Day, zone: string): Draft {
  const { day, minutes } = morning(start, today(zone));
  return { day, from: minutes, to: minutes + 3 * 60 };
}
