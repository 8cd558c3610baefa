import { useTranslation } from "react-i18next";
import { clockTime, dayLabel } from "@/lib/time";
import { type Block, isPast } from "./layout";
import classes from "./slot-block.module.css";

/** Minutes below which a slot has room for its times alone; what it is, its colour says then. */
const TWO_LINES = 50;

type Props = {
  block: Block;
  zone: string;
  hourPx: number;
  /** Who has booked it, as far as it is known. */
  guest: string | null;
  now: number;
  onOpen: () => void;
};

/** A slot in the week's calendar: when it is, whether, and by whom, it is booked, and whether it still can be. */
export function SlotBlock({ block, zone, hourPx, guest, now, onOpen }: Props) {
  const { t } = useTranslation();
  const { slot, day, from, to, lane, lanes } = block;
  const past = isPast(slot, now);
  return (
    <button
      type="button"
      className={classes.slot}
      data-row
      data-booked={slot.is_booked || undefined}
      data-past={past || undefined}
      data-short={to - from < TWO_LINES || undefined}
      style={{
        top: (from / 60) * hourPx + 1,
        height: ((to - from) / 60) * hourPx - 2,
        insetInlineStart: `calc(${(lane / lanes) * 100}% + 3px)`,
        width: `calc(${100 / lanes}% - 6px)`,
      }}
      onClick={onOpen}
    >
      <span className="unseen">{dayLabel(day, { weekday: "long", day: "numeric", month: "long" })}, </span>
      <span className={classes.times}>
        {clockTime(slot.start_time, zone)}–{clockTime(slot.end_time, zone)}
      </span>
      <span className={classes.state}>
        {past
          ? t("Past, not booked")
          : !slot.is_booked
            ? t("Available")
            : guest
              ? t("Booked: {guest}", { guest })
              : t("Booked")}
      </span>
    </button>
  );
}
