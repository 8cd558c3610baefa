import { LocaleDatePicker } from "@/components/ui/locale-date-picker";
import { t } from "@/lib/i18n/i18n";
import { type Day, addDays, dayLabel } from "@/lib/time";
import { FARTHEST_DAYS, monthOf } from "./free-slots";
import classes from "./month-days.module.css";

type Props = {
  month: Day;
  onMonth: (month: Day) => void;
  /** Today: there is nothing before. */
  first: Day;
  day: Day | null;
  onDay: (day: Day) => void;
  timesOn: (day: Day) => number;
};

/** A month whose days can be chosen where they have times. */
export function MonthDays({ month, onMonth, first, day, onDay, timesOn }: Props) {
  return (
    <LocaleDatePicker
      className={classes.month ?? ""}
      minDate={first}
      maxDate={addDays(first, FARTHEST_DAYS)}
      date={month}
      onDateChange={(date) => onMonth(monthOf(date))}
      value={day}
      onChange={(date) => date && onDay(date)}
      excludeDate={(date) => timesOn(date) === 0}
      getDayAriaLabel={(date) => describe(date, timesOn(date))}
      getDayProps={(date) => ({
        className: classes.day ?? "",
        "data-open": timesOn(date) > 0 || undefined,
      })}
    />
  );
}

function describe(date: Day, times: number): string {
  const day = dayLabel(date, { weekday: "long", day: "numeric", month: "long" });
  if (times === 0) return t("{day}, no times", { day });
  return t("{day}, {count, plural, one {# time} other {# times}}", { day, count: times });
}
