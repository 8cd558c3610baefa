import { Text } from "@mantine/core";
import { type Day, clockTime, dayLabel, zoneName } from "@/lib/time";
import type { Slot } from "./api";
import classes from "./day-times.module.css";

type Props = {
  day: Day;
  zone: string;
  slots: Slot[];
  chosen: string | null;
  onChoose: (slot: Slot) => void;
  note?: (slot: Slot) => string;
};

/** The free times of one day. */
export function DayTimes({ day, zone, slots, chosen, onChoose, note }: Props) {
  const name = dayLabel(day, { weekday: "long", day: "numeric", month: "long" });
  const noon = slots[0] ? Date.parse(slots[0].start_time) : Date.parse(`${day}T12:00:00Z`);
  const twice = repeatedTimes(slots, zone);
  return (
    <>
      <h3 className={classes.day}>
        {name} <small>{zoneName(zone, noon)}</small>
      </h3>
      {slots.length === 0 && <Text c="dimmed">No times are left on this day.</Text>}
      <ul className={classes.list}>
        {slots.map((slot) => {
          const start = clockTime(slot.start_time, zone);
          const offset = twice.has(start)
            ? ` (${zoneName(zone, Date.parse(slot.start_time)).split(", ")[1]})`
            : "";
          return (
            <li key={slot.id}>
              <button
                type="button"
                className={classes.slot}
                aria-pressed={slot.id === chosen}
                onClick={() => onChoose(slot)}
              >
                <span className={classes.start}>
                  {start}
                  <span className={classes.until}>–{clockTime(slot.end_time, zone)}</span>
                  {offset}
                </span>
                <span className="unseen">
                  , {name}, {zoneName(zone, Date.parse(slot.start_time))},{" "}
                </span>
                {note && <span className={classes.note}>{note(slot)}</span>}
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}

/** What the clock shows twice at a slot's start, in the hour that is put back. */
function repeatedTimes(slots: Slot[], zone: string): Set<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const slot of slots) {
    const start = clockTime(slot.start_time, zone);
    if (seen.has(start)) twice.add(start);
    seen.add(start);
  }
  return twice;
}
