import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { STEP, asTime, fromTime, hoursInWords } from "./layout";
import { type Minutes, type Span, moved, resized, span } from "./rules-draft";
import classes from "./span-track.module.css";

const DAY_MINUTES = 24 * 60;
/** How near to an edge a pointer takes hold of it. */
const EDGE_PX = 9;

type Action = { id: string | null; part: "from" | "to" | "all" | "new"; at: number; before: Minutes };
type Props = { name: string; spans: Span[]; onChange: (spans: Span[]) => void };

/**
 * A day as a line from midnight to midnight. Windows are drawn, moved and resized on it by mouse, pen and finger, and
 * by keyboard with the arrow keys; the fields beside it say and take the same.
 */
export function SpanTrack({ name, spans, onChange }: Props) {
  const { t } = useTranslation();
  const track = useRef<HTMLDivElement>(null);
  const [action, setAction] = useState<Action | null>(null);
  const [drawn, setDrawn] = useState<Minutes | null>(null);

  const minuteAt = (event: PointerEvent) => {
    const box = track.current?.getBoundingClientRect();
    if (!box || !track.current) return 0;
    const along = (event.clientX - box.left) / box.width;
    const part = getComputedStyle(track.current).direction === "rtl" ? 1 - along : along;
    return Math.max(0, Math.min(DAY_MINUTES, Math.round((part * DAY_MINUTES) / STEP) * STEP));
  };
  const place = (id: string, { from, to }: Minutes) =>
    onChange(spans.map((one) => (one.id === id ? { ...one, start: asTime(from), end: asTime(to) } : one)));

  const down = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = minuteAt(event);
    const bar = (event.target as Element).closest<HTMLElement>("[data-span]");
    const held = spans.find((one) => one.id === bar?.dataset["span"]);
    const before = held && minutesOf(held);
    if (!bar || !held || !before) {
      setAction({ id: null, part: "new", at, before: { from: at, to: at } });
      return;
    }
    const box = bar.getBoundingClientRect();
    const rtl = getComputedStyle(bar).direction === "rtl";
    const atLeft = event.clientX - box.left < EDGE_PX;
    const atRight = box.right - event.clientX < EDGE_PX;
    const part = atLeft === atRight ? "all" : atLeft !== rtl ? "from" : "to";
    setAction({ id: held.id, part, at, before });
  };
  const move = (event: PointerEvent<HTMLDivElement>) => {
    if (!action) return;
    const at = minuteAt(event);
    if (action.id === null) setDrawn({ from: Math.min(at, action.at), to: Math.max(at, action.at) });
    else if (action.part === "all") place(action.id, moved(action.before, at - action.at));
    else if (action.part !== "new") place(action.id, resized(action.before, action.part, at));
  };
  const up = () => {
    if (drawn && drawn.to > drawn.from) onChange([...spans, span(asTime(drawn.from), asTime(drawn.to))]);
    setAction(null);
    setDrawn(null);
  };
  const key = (event: KeyboardEvent, one: Span) => {
    const now = minutesOf(one);
    if (!now) return;
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      onChange(spans.filter((each) => each.id !== one.id));
      return;
    }
    const forward = getComputedStyle(event.currentTarget).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const backward = forward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
    const by = event.key === forward ? STEP : event.key === backward ? -STEP : 0;
    if (by === 0) return;
    event.preventDefault();
    place(one.id, event.shiftKey ? resized(now, "to", now.to + by) : moved(now, by));
  };

  return (
    <div
      ref={track}
      className={classes.track}
      data-rows
      data-dragging={action !== null || undefined}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={() => {
        setAction(null);
        setDrawn(null);
      }}
    >
      {spans.map((one) => {
        const at = minutesOf(one);
        if (!at || at.to <= at.from) return null;
        return (
          <button
            key={one.id}
            type="button"
            data-span={one.id}
            data-row
            className={classes.span}
            style={position(at)}
            aria-label={t(
              "{day}, {hours}. Arrow keys move it, with Shift they change its end, Delete removes it.",
              { day: name, hours: hoursInWords(one) },
            )}
            onKeyDown={(event) => key(event, one)}
          />
        );
      })}
      {drawn && drawn.to > drawn.from && (
        <div className={classes.drawn} style={position(drawn)}>
          {hoursInWords({ start: asTime(drawn.from), end: asTime(drawn.to) })}
        </div>
      )}
    </div>
  );
}

function minutesOf({ start, end }: Span): Minutes | null {
  const from = fromTime(start);
  const to = fromTime(end);
  return from === null || to === null ? null : { from, to };
}

function position({ from, to }: Minutes) {
  return {
    insetInlineStart: `${(from / DAY_MINUTES) * 100}%`,
    width: `${((to - from) / DAY_MINUTES) * 100}%`,
  };
}
