import { type PointerEvent, useState } from "react";
import type { Slot } from "./api";
import { type Day, timeOfDay } from "@/lib/time";
import { type Block, STEP, type WallTime, drawn } from "./layout";
import { SlotBlock } from "./slot-block";
import classes from "./week-grid.module.css";

export type Span = { day: Day; from: number; to: number };

/** How far a pointer moves before it draws. */
const DRAG_PX = 6;

type Props = {
  day: Day;
  zone: string;
  hourPx: number;
  blocks: Block[];
  guestOf: (slot: Slot) => string | null;
  nowAt: number | null;
  past: number;
  now: number;
  onDraw: (span: Span) => void;
  onAsk: (time: WallTime) => void;
  onOpen: (slot: Slot) => void;
};

/** A day of the calendar. Mouse and pen draw a span; a click or a tap on an empty time asks about it. */
export function DayColumn({
  day,
  zone,
  hourPx,
  blocks,
  guestOf,
  nowAt,
  past,
  now,
  onDraw,
  onAsk,
  onOpen,
}: Props) {
  const [down, setDown] = useState<{ at: number; to: number } | null>(null);
  const minutesAt = (event: PointerEvent<HTMLDivElement>) =>
    ((event.clientY - event.currentTarget.getBoundingClientRect().top) / hourPx) * 60;
  const onSlot = (event: PointerEvent) => (event.target as Element).closest("button") !== null;
  const dragged = down !== null && (Math.abs(down.to - down.at) / 60) * hourPx > DRAG_PX;
  const drawing = dragged ? drawn(down.at, down.to) : null;
  const ask = (at: number) =>
    onAsk({ day, minutes: Math.max(0, Math.min(Math.floor(at / STEP) * STEP, 24 * 60 - STEP)) });
  return (
    <div
      className={classes.column}
      data-day={day}
      onPointerDown={(event) => {
        // A finger scrolls: it taps, and draws nothing.
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
        if (event.pointerType === "touch" && !onSlot(event)) ask(minutesAt(event));
        if (!down) return;
        setDown(null);
        if (drawing) onDraw({ day, ...drawing });
        else ask(down.at);
      }}
    >
      {past > 0 && <div className={classes.past} style={{ height: (past / 60) * hourPx }} />}
      {nowAt !== null && <div className={classes.now} style={{ top: (nowAt / 60) * hourPx }} />}
      {blocks.map((block) => (
        <SlotBlock
          key={block.slot.id}
          block={block}
          zone={zone}
          hourPx={hourPx}
          guest={guestOf(block.slot)}
          now={now}
          onOpen={() => onOpen(block.slot)}
        />
      ))}
      {drawing && (
        <div
          className={classes.drawing}
          style={{
            top: (drawing.from / 60) * hourPx,
            height: ((drawing.to - drawing.from) / 60) * hourPx,
          }}
        >
          {timeOfDay(drawing.from)}–{timeOfDay(drawing.to)}
        </div>
      )}
    </div>
  );
}
