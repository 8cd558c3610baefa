import { type PointerEvent, useEffect, useRef, useState } from "react";
import { type Day, clockTime, dayLabel, wall, week } from "@/lib/time";
import type { Slot } from "./api";
import { type Block, asTime, blocks, drawn } from "./layout";
import classes from "./week-grid.module.css";

const HOUR_PX = 44;
/** Minutes below which a slot has room for its times alone; what it is, its colour says then. */
const TWO_LINES = 50;

type Span = { day: Day; from: number; to: number };
type Props = {
  start: Day;
  zone: string;
  slots: Slot[];
  /** Whether `slots` are this week's already, and not still those of the week before. */
  settled: boolean;
  now: number;
  onDraw: (span: Span) => void;
  onOpen: (slot: Slot) => void;
};

/**
 * A week to draw free times into. Mouse and pen drag; a tap opens an hour, so that touch still scrolls. The keyboard's
 * way is the "Add times" form: the grid itself is only pointed at.
 */
export function WeekGrid({ start, zone, slots, settled, now, onDraw, onOpen }: Props) {
  const days = week(start);
  const placed = blocks(slots, zone);
  const scroller = useRef<HTMLDivElement>(null);
  const here = wall(now, zone);
  // The working day, or what is open before it, at the top: once per week, not while one works in it.
  const earliest = placed.length ? Math.min(...placed.map((block) => block.from)) : 24 * 60;
  const [shownFor, setShownFor] = useState<Day | null>(null);
  useEffect(() => {
    if (!scroller.current || !settled || shownFor === start) return;
    scroller.current.scrollTop = (Math.min(450, Math.max(0, earliest - 30)) / 60) * HOUR_PX;
    setShownFor(start);
  }, [start, earliest, settled, shownFor]);
  return (
    <div className={classes.frame}>
      {/* What scrolls must be reachable by the keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={classes.scroll} ref={scroller} tabIndex={0} role="group" aria-label="Week calendar">
        <div className={classes.heads}>
          <span />
          {days.map((day) => (
            <h3 key={day} data-today={day === here.day || undefined}>
              <span>{dayLabel(day, { weekday: "short" })}</span>{" "}
              {dayLabel(day, { day: "numeric", month: "numeric" })}
            </h3>
          ))}
        </div>
        <div className={classes.grid} style={{ height: 24 * HOUR_PX }}>
          <div className={classes.hours} aria-hidden="true">
            {Array.from({ length: 23 }, (_, hour) => (
              <span key={hour} style={{ top: (hour + 1) * HOUR_PX }}>
                {asTime((hour + 1) * 60)}
              </span>
            ))}
          </div>
          {days.map((day) => (
            <Column
              key={day}
              day={day}
              zone={zone}
              blocks={placed.filter((block) => block.day === day)}
              nowAt={day === here.day ? here.minutes : null}
              past={day < here.day ? 24 * 60 : day === here.day ? here.minutes : 0}
              onDraw={onDraw}
              onOpen={onOpen}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

type ColumnProps = {
  day: Day;
  zone: string;
  blocks: Block[];
  nowAt: number | null;
  past: number;
  onDraw: (span: Span) => void;
  onOpen: (slot: Slot) => void;
};

function Column({ day, zone, blocks: placed, nowAt, past, onDraw, onOpen }: ColumnProps) {
  const [down, setDown] = useState<{ at: number; to: number } | null>(null);
  const minutesAt = (event: PointerEvent<HTMLDivElement>) =>
    ((event.clientY - event.currentTarget.getBoundingClientRect().top) / HOUR_PX) * 60;
  const onSlot = (event: PointerEvent) => (event.target as Element).closest("button") !== null;
  const drawing = down && drawn(down.at, down.to);
  return (
    <div
      className={classes.column}
      onPointerDown={(event) => {
        if (event.button !== 0 || event.pointerType === "touch" || onSlot(event)) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const at = minutesAt(event);
        setDown({ at, to: at });
      }}
      onPointerMove={(event) => {
        if (down) setDown({ ...down, to: minutesAt(event) });
      }}
      onPointerCancel={() => setDown(null)}
      onPointerUp={(event) => {
        if (event.pointerType === "touch" && !onSlot(event)) {
          const from = Math.floor(minutesAt(event) / 30) * 30;
          onDraw({ day, from, to: Math.min(from + 60, 24 * 60) });
        }
        if (!drawing) return;
        setDown(null);
        // A click without a drag means an hour from there.
        const clicked = drawing.to - drawing.from <= 15;
        onDraw({ day, from: drawing.from, to: clicked ? Math.min(drawing.from + 60, 24 * 60) : drawing.to });
      }}
    >
      {past > 0 && <div className={classes.past} style={{ height: (past / 60) * HOUR_PX }} />}
      {nowAt !== null && <div className={classes.now} style={{ top: (nowAt / 60) * HOUR_PX }} />}
      {placed.map((block) => (
        <button
          key={block.slot.id}
          type="button"
          className={classes.slot}
          data-booked={block.slot.is_booked || undefined}
          data-short={block.to - block.from < TWO_LINES || undefined}
          style={{
            top: (block.from / 60) * HOUR_PX + 1,
            height: ((block.to - block.from) / 60) * HOUR_PX - 2,
          }}
          onClick={() => onOpen(block.slot)}
        >
          <span className="unseen">
            {dayLabel(day, { weekday: "long", day: "numeric", month: "long" })},{" "}
          </span>
          <span className={classes.times}>
            {clockTime(block.slot.start_time, zone)}
            <span className={classes.end}>–{clockTime(block.slot.end_time, zone)}</span>
          </span>
          <span className={classes.state}>{block.slot.is_booked ? "Booked" : "Available"}</span>
        </button>
      ))}
      {drawing && (
        <div
          className={classes.drawing}
          style={{
            top: (drawing.from / 60) * HOUR_PX,
            height: ((drawing.to - drawing.from) / 60) * HOUR_PX,
          }}
        >
          {asTime(drawing.from)}–{asTime(drawing.to)}
        </div>
      )}
    </div>
  );
}
