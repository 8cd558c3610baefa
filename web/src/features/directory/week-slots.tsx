import { ActionIcon, Button, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { GlobeIcon, LeftIcon, RightIcon } from "@/components/ui/icons";
import { useLiveInterval } from "@/lib/live";
import { money, price } from "@/lib/money";
import { groupBy } from "@/lib/group";
import { keys } from "@/lib/query-keys";
import {
  type Day,
  addDays,
  clockTime,
  dayLabel,
  instant,
  monday,
  today,
  wall,
  week,
  zoneName,
} from "@/lib/time";
import { type Profile, type Slot, fetchFreeSlots } from "./api";
import classes from "./week-slots.module.css";

type Props = {
  expert: Profile;
  zone: string;
  start: Day;
  onWeek: (start: Day) => void;
  chosen: string | null;
  onChoose: (slot: Slot) => void;
};

export function useFreeSlots(expertId: string, start: Day, zone: string) {
  // Others book here too; a slower look than at one's own bookings is enough.
  const interval = Math.max(useLiveInterval(), 10_000);
  return useQuery({
    queryKey: keys.slots.free(expertId, start, zone),
    queryFn: () => {
      const from = Math.max(Date.now(), instant(start, 0, zone));
      const to = instant(addDays(start, 7), 0, zone);
      return fetchFreeSlots(expertId, new Date(from).toISOString(), new Date(to).toISOString());
    },
    refetchInterval: interval,
  });
}

/** An expert's free times of one week, in the viewer's zone. */
export function WeekSlots({ expert, zone, start, onWeek, chosen, onChoose }: Props) {
  const slots = useFreeSlots(expert.consultant_id, start, zone);
  const first = monday(today(zone));
  const next = expert.next_available_at;
  const nextWeek = next ? monday(wall(next, zone).day) : null;
  const days = week(start);
  const byDay = groupBy(slots.data ?? [], (slot) => wall(slot.start_time, zone).day);
  return (
    <section aria-labelledby="times">
      <div className={classes.head}>
        <h2 id="times">Available times</h2>
        <span className={classes.zone}>
          <GlobeIcon size={16} /> Times in {zoneName(zone, instant(start, 720, zone))}
        </span>
        <div className={classes.weeks}>
          <ActionIcon
            variant="default"
            size={36}
            aria-label="Previous week"
            disabled={start <= first}
            onClick={() => onWeek(addDays(start, -7))}
          >
            <LeftIcon />
          </ActionIcon>
          <span className={classes.range} role="status">
            {dayLabel(start, { day: "numeric", month: "short" })} –{" "}
            {dayLabel(addDays(start, 6), { day: "numeric", month: "short" })}
          </span>
          <ActionIcon
            variant="default"
            size={36}
            aria-label="Next week"
            onClick={() => onWeek(addDays(start, 7))}
          >
            <RightIcon />
          </ActionIcon>
        </div>
      </div>
      {slots.isPending ? (
        <Skeleton height={180} radius={12} aria-hidden="true" />
      ) : slots.isError ? (
        <div className={classes.nothing} role="alert">
          <Text>The available times could not be loaded.</Text>
          <Button variant="default" onClick={() => void slots.refetch()}>
            Try again
          </Button>
        </div>
      ) : slots.data.length === 0 ? (
        <div className={classes.nothing}>
          <Text c="dimmed">No available times this week.</Text>
          {nextWeek && nextWeek > start && (
            <Button variant="light" onClick={() => onWeek(nextWeek)}>
              Go to the next available time, {dayLabel(wall(next as string, zone).day)}
            </Button>
          )}
        </div>
      ) : (
        <ol className={classes.days}>
          {days.map((day) => (
            <li key={day} className={classes.day} data-empty={!byDay.has(day) || undefined}>
              <h3>
                <span>{dayLabel(day, { weekday: "short" })}</span>{" "}
                {dayLabel(day, { day: "numeric", month: "short" })}
              </h3>
              {byDay.get(day)?.map((slot) => (
                <button
                  key={slot.id}
                  type="button"
                  className={classes.slot}
                  aria-pressed={slot.id === chosen}
                  onClick={() => onChoose(slot)}
                >
                  {clockTime(slot.start_time, zone)}
                  <span className={classes.until}>–{clockTime(slot.end_time, zone)}</span>
                  <span className="unseen">
                    {`, ${dayLabel(day, { weekday: "long", day: "numeric", month: "long" })}, ${money(
                      price(expert.hourly_rate, slot.start_time, slot.end_time),
                      expert.currency,
                    )}`}
                  </span>
                </button>
              )) ?? (
                <span className={classes.none} aria-hidden="true">
                  –
                </span>
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
