import { DatePicker } from "@mantine/dates";
import { LocaleDates } from "@/components/ui/locale-dates";
import { type Day, addDays, dayLabel } from "@/lib/time";
import { monthOf } from "./free-slots";
import classes from "./month-days.module.css";

/** Nobody can be booked further ahead. */
const FARTHEST_DAYS = 366;

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
    <LocaleDates>
      <DatePicker
        className={classes.month ?? ""}
        fullWidth
        maxLevel="month"
        hideOutsideDates
        withCellSpacing={false}
        minDate={first}
        maxDate={addDays(first, FARTHEST_DAYS)}
        date={month}
        onDateChange={(date) => onMonth(monthOf(date))}
        value={day}
        onChange={(date) => date && onDay(date)}
        excludeDate={(date) => timesOn(date) === 0}
        ariaLabels={{ previousMonth: "Previous month", nextMonth: "Next month" }}
        getDayAriaLabel={(date) => `${longDay(date)}, ${count(timesOn(date))}`}
        getDayProps={(date) => ({
          className: classes.day ?? "",
          "data-open": timesOn(date) > 0 || undefined,
        })}
      />
    </LocaleDates>
  );
}

function longDay(day: Day): string {
  return dayLabel(day, { weekday: "long", day: "numeric", month: "long" });
}

function count(times: number): string {
  if (times === 0) return "no times";
  return times === 1 ? "1 time" : `${times} times`;
}
