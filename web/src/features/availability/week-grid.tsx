import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Day, dayLabel, timeOfDay, wall, week } from "@/lib/time";
import type { Slot } from "./api";
import { DayColumn, type Span } from "./day-column";
import { type WallTime, blocks } from "./layout";
import classes from "./week-grid.module.css";

const HOUR_PX = 44;

type Props = {
  start: Day;
  zone: string;
  slots: Slot[];
  /** Whether `slots` are this week's already, and not still those of the week before. */
  settled: boolean;
  now: number;
  guestOf: (slot: Slot) => string | null;
  onDraw: (span: Span) => void;
  onAsk: (time: WallTime) => void;
  onOpen: (slot: Slot) => void;
};

/**
 * A week to draw free times into; a phone shows one of its days at a time. The keyboard's way is the "Add times" form:
 * the grid itself is only pointed at.
 */
export function WeekGrid({ start, zone, slots, settled, now, ...rest }: Props) {
  const { t } = useTranslation();
  const narrow = useMediaQuery("(max-width: 43.75em)") ?? false;
  const here = wall(now, zone);
  const [picked, setPicked] = useState<Day | null>(null);
  const days = week(start);
  const one = picked && days.includes(picked) ? picked : days.includes(here.day) ? here.day : start;
  const shown = narrow ? [one] : days;
  const placed = blocks(slots, zone);
  const scroller = useRef<HTMLDivElement>(null);
  // The working day, or what is open before it, at the top: once per week, not while one works in it.
  const earliest = placed.length ? Math.min(...placed.map((block) => block.from)) : 24 * 60;
  const [shownFor, setShownFor] = useState<Day | null>(null);
  useEffect(() => {
    if (!scroller.current || !settled || shownFor === start) return;
    scroller.current.scrollTop = (Math.min(450, Math.max(0, earliest - 30)) / 60) * HOUR_PX;
    setShownFor(start);
  }, [start, earliest, settled, shownFor]);
  // The first has room for "12:00 PM" on one line.
  const columns = { gridTemplateColumns: `4.25rem repeat(${shown.length}, minmax(0, 1fr))` };
  return (
    <div className={classes.frame}>
      {narrow && (
        <div className={classes.strip} role="group" aria-label={t("Days of the week")}>
          {days.map((day) => (
            <button
              key={day}
              type="button"
              aria-pressed={day === one}
              aria-label={dayLabel(day, { weekday: "long", day: "numeric", month: "long" })}
              data-today={day === here.day || undefined}
              data-slots={placed.some((block) => block.day === day) || undefined}
              onClick={() => setPicked(day)}
            >
              <span>{dayLabel(day, { weekday: "short" })}</span>
              {dayLabel(day, { day: "numeric" })}
            </button>
          ))}
        </div>
      )}
      {/* What scrolls must be reachable by the keyboard. */}
      <div
        className={classes.scroll}
        data-rows
        data-row-add
        ref={scroller}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        role="group"
        aria-label={t("Week calendar")}
      >
        {!narrow && (
          <div className={classes.heads} style={columns}>
            <span />
            {days.map((day) => (
              <h3 key={day} data-today={day === here.day || undefined}>
                <span>{dayLabel(day, { weekday: "short" })}</span>{" "}
                {dayLabel(day, { day: "numeric", month: "numeric" })}
              </h3>
            ))}
          </div>
        )}
        <div className={classes.grid} style={{ ...columns, height: 24 * HOUR_PX }}>
          <div className={classes.hours} aria-hidden="true">
            {Array.from({ length: 23 }, (_, hour) => (
              <span key={hour} style={{ top: (hour + 1) * HOUR_PX }}>
                {timeOfDay((hour + 1) * 60)}
              </span>
            ))}
          </div>
          {shown.map((day) => (
            <DayColumn
              key={day}
              day={day}
              zone={zone}
              hourPx={HOUR_PX}
              blocks={placed.filter((block) => block.day === day)}
              now={now}
              nowAt={day === here.day ? here.minutes : null}
              past={day < here.day ? 24 * 60 : day === here.day ? here.minutes : 0}
              {...rest}
            />
          ))}
        </div>
      </div>
    </div>
  );
}
