import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type Day, clockTime, dayLabel, zoneName } from "@/lib/time";
import type { Slot } from "./api";
import classes from "./day-times.module.css";

type Props = {
  day: Day;
  zone: string;
  slots: Slot[];
  chosen: string | null;
  onChoose?: (slot: Slot) => void;
  note?: (slot: Slot) => string;
};

/** The free times of one day. */
export function DayTimes({ day, zone, slots, chosen, onChoose, note }: Props) {
  const { t } = useTranslation();
  const name = dayLabel(day, { weekday: "long", day: "numeric", month: "long" });
  const at = slots[0] ? Date.parse(slots[0].start_time) : Date.parse(`${day}T12:00:00Z`);
  const twice = repeatedTimes(slots, zone);
  return (
    <>
      <h3 className={classes.day}>
        {name} <small>{zoneName(zone, at)}</small>
      </h3>
      {slots.length === 0 && <Text c="dimmed">{t("No times are left on this day.")}</Text>}
      <ul className={classes.list}>
        {slots.map((slot) => {
          const words = <Words slot={slot} zone={zone} name={name} twice={twice} note={note?.(slot)} />;
          return (
            <li key={slot.id}>
              {onChoose ? (
                <button
                  type="button"
                  className={classes.slot}
                  aria-pressed={slot.id === chosen}
                  onClick={() => onChoose(slot)}
                >
                  {words}
                </button>
              ) : (
                <span className={classes.slot}>{words}</span>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}

type WordsProps = {
  slot: Slot;
  zone: string;
  name: string;
  twice: Set<string>;
  note: string | undefined;
};

function Words({ slot, zone, name, twice, note }: WordsProps) {
  const start = clockTime(slot.start_time, zone);
  const shownZone = zoneName(zone, Date.parse(slot.start_time));
  return (
    <>
      <span className={classes.start}>
        {start}
        <span className={classes.until}>–{clockTime(slot.end_time, zone)}</span>
        {twice.has(start) && ` (${shownZone.split(", ")[1] ?? shownZone})`}
      </span>
      <span className="unseen">
        , {name}, {shownZone},{" "}
      </span>
      {note && <span className={classes.note}>{note}</span>}
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
