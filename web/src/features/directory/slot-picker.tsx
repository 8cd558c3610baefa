import { Button, Skeleton, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { ZoneSelect } from "@/components/ui/zone-select";
import { groupBy } from "@/lib/group";
import { type Day, dayLabel, today, wall } from "@/lib/time";
import type { Slot } from "./api";
import { DayTimes } from "./day-times";
import { monthOf, useFreeSlots } from "./free-slots";
import { MonthDays } from "./month-days";
import classes from "./slot-picker.module.css";

type Props = {
  expertId: string;
  zone: string;
  onZone: (zone: string) => void;
  /** The day that was asked for; without one, the month's first with a time is shown. */
  day: Day | null;
  onDay: (day: Day) => void;
  chosen: string | null;
  /** Without it the times are only shown. */
  onChoose?: (slot: Slot) => void;
  /** Where to begin when no day was asked for; the expert's first free time when absent. */
  startAt?: Day;
  /** When the expert's first free time is, as far as it is known. */
  nextAt: string | null;
  /** What is said beside a time: its price. */
  note?: (slot: Slot) => string;
  /** Which of the free times can be chosen here; all when absent. */
  fits?: (slot: Slot) => boolean;
  heading?: string;
  /** Below the times. */
  children?: ReactNode;
};

/** An expert's free times: a month with the days that have some, and the times of one day, in a zone of one's choice. */
export function SlotPicker(props: Props) {
  const { t } = useTranslation();
  const { expertId, zone, day, nextAt, fits = () => true } = props;
  const [browsed, setBrowsed] = useState<Day | null>(null);
  const title = useId();
  const now = today(zone);
  const soonest = nextAt ? wall(nextAt, zone).day : now;
  const begin = props.startAt ?? soonest;
  const month = browsed ?? monthOf(day ?? (begin < now ? now : begin));
  const slots = useFreeSlots(expertId, month, zone);
  // Other days are read out when one picks them, but not all that comes with the page.
  const [loaded, setLoaded] = useState(false);
  if (!loaded && !slots.isPending) setLoaded(true);
  const byDay = groupBy((slots.data ?? []).filter(fits), (slot) => wall(slot.start_time, zone).day);
  // A day that was picked stays, even when its last time goes: nobody's click lands on another day.
  const days = [...byDay.keys()];
  const first = days.find((one) => one >= begin) ?? days[0] ?? null;
  const shown = day && monthOf(day) === month ? day : first;
  const later = nextAt && monthOf(soonest) > month ? soonest : null;
  return (
    <section aria-labelledby={title} className={classes.picker}>
      <div className={classes.head}>
        <h2 id={title}>{props.heading ?? t("Available times")}</h2>
        <ZoneSelect
          className={classes.zone ?? ""}
          aria-label={t("Time zone")}
          value={zone}
          onChange={props.onZone}
        />
      </div>
      {slots.isLoadingError ? (
        <div className={classes.nothing} role="alert">
          <Text>{t("The available times could not be loaded.")}</Text>
          <Button variant="default" onClick={() => void slots.refetch()}>
            {t("Try again")}
          </Button>
        </div>
      ) : (
        <div className={classes.columns}>
          <MonthDays
            month={month}
            onMonth={setBrowsed}
            first={now}
            day={shown}
            onDay={props.onDay}
            timesOn={(one) => byDay.get(one)?.length ?? 0}
          />
          <div
            key={loaded ? "times" : "loading"}
            className={classes.times}
            aria-live={loaded ? "polite" : undefined}
          >
            {slots.isPending ? (
              <Skeleton height={220} radius={12} aria-hidden="true" />
            ) : shown ? (
              <DayTimes
                day={shown}
                zone={zone}
                slots={byDay.get(shown) ?? []}
                chosen={props.chosen}
                {...(props.onChoose ? { onChoose: props.onChoose } : {})}
                {...(props.note ? { note: props.note } : {})}
              />
            ) : (
              <div className={classes.nothing}>
                <Text c="dimmed">
                  {t("No available times in {day}.", {
                    day: dayLabel(month, { month: "long", year: "numeric" }),
                  })}
                </Text>
                {later && (
                  <Button
                    variant="light"
                    onClick={() => {
                      setBrowsed(null);
                      props.onDay(later);
                    }}
                  >
                    {t("Go to the next available time, {day}", { day: dayLabel(later) })}
                  </Button>
                )}
              </div>
            )}
          </div>
        </div>
      )}
      {props.children}
    </section>
  );
}
