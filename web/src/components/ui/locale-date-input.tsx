// eslint-disable-next-line no-restricted-syntax -- this is the one place
import { DateInput, type DateInputProps } from "@mantine/dates";
import { useUncontrolled } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Day, dayLabel } from "@/lib/time";
import { LocaleDates } from "./locale-dates";
import { dayWanted, readDay } from "./read-day";

type Props = Omit<DateInputProps, "value" | "defaultValue" | "onChange" | "minDate" | "maxDate"> & {
  /** Null or empty while what is typed is no day that can be chosen. */
  value?: Day | null;
  defaultValue?: Day | null;
  onChange?: (day: Day | null) => void;
  minDate?: Day;
  maxDate?: Day;
};

/**
 * A day, typed or picked, written as the reader does, with a calendar whose weeks begin where theirs do. A text that is
 * no date is called one when the field is left; until it is mended the field has no day, rather than the one before.
 */
export function LocaleDateInput({ value, defaultValue, onChange, minDate, maxDate, error, ...props }: Props) {
  const { t } = useTranslation();
  const [day, setDay] = useUncontrolled<Day | null>({ value, defaultValue, finalValue: null, onChange });
  const [refused, setRefused] = useState<string | null>(null);
  const inRange = (one: Day) => !(minDate && one < minDate) && !(maxDate && one > maxDate);
  const chosen = (text: string) => {
    const read = readDay(text);
    return read && inRange(read) ? read : null;
  };
  const objection = (text: string) => {
    if (text.trim() === "" || chosen(text)) return null;
    return readDay(text) ? t("This day can’t be chosen.") : dayWanted();
  };
  return (
    <LocaleDates>
      <DateInput
        valueFormat="ddd, ll"
        previousLabel={t("Previous month")}
        nextLabel={t("Next month")}
        clearButtonProps={{ "aria-label": t("Clear the date") }}
        getDayProps={(date) => ({
          "aria-label": dayLabel(date, { weekday: "long", day: "numeric", month: "long" }),
        })}
        {...props}
        value={day || null}
        onChange={setDay}
        {...(minDate ? { minDate } : {})}
        {...(maxDate ? { maxDate } : {})}
        dateParser={chosen}
        // The calendar keeps its day for a text that it cannot read.
        onInput={({ currentTarget }) => {
          setRefused(null);
          if (day && !chosen(currentTarget.value)) setDay(null);
        }}
        onBlur={(event) => {
          setRefused(objection(event.currentTarget.value));
          props.onBlur?.(event);
        }}
        fixOnBlur={Boolean(day)}
        error={(!day && refused) || error}
      />
    </LocaleDates>
  );
}
