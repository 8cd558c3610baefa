// eslint-disable-next-line no-restricted-syntax -- this is the one place
import { DateInput, type DateInputProps } from "@mantine/dates";
import { useUncontrolled } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Day, dayLabel } from "@/lib/time";
import { LABELS, LocaleDates } from "./locale-dates";
import { dayWanted, outOfRange, readDay } from "./read-day";
import { WITHIN_WINDOW } from "./within-window";

const written = (day: Day) =>
  dayLabel(day, { weekday: "short", day: "numeric", month: "short", year: "numeric" });

type Replaced = "value" | "defaultValue" | "onChange" | "minDate" | "maxDate" | "popoverProps";

type Props = Omit<DateInputProps, Replaced> & {
  /** Null or empty while what is typed is no day. */
  value?: Day | null;
  defaultValue?: Day | null;
  onChange?: (day: Day | null) => void;
  /** The first and the last day that can be picked; other days can be typed, and it is for the form to refuse them. */
  minDate?: Day;
  maxDate?: Day;
};

/**
 * A day, typed or picked, written as the reader does, with a calendar whose weeks begin where theirs do. A text that is
 * no date is called one when the field is left; until it is mended the field has no day, rather than the one before. A
 * day out of range is the field's day all the same, so that a form can say what is wrong with it: the field says only
 * which days can be chosen, and nothing where the form has given it an error.
 */
export function LocaleDateInput({ value, defaultValue, onChange, minDate, maxDate, error, ...props }: Props) {
  const { t } = useTranslation();
  const [day, setDay] = useUncontrolled<Day | null>({ value, defaultValue, finalValue: null, onChange });
  const [typing, setTyping] = useState(false);
  const [unread, setUnread] = useState(false);
  const [calendarOpen, setCalendarOpen] = useState(false);
  const objection = () => {
    if (typing) return null;
    return day ? outOfRange(day, minDate, maxDate) : unread && dayWanted();
  };
  return (
    <LocaleDates>
      <DateInput
        valueFormat={written}
        // Days of other months would be too pale to read.
        hideOutsideDates
        {...LABELS}
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
        dateParser={readDay}
        // Its calendar passes on no text that it cannot read, and no day out of range.
        onInput={({ currentTarget }) => {
          setTyping(true);
          const read = readDay(currentTarget.value);
          if (read !== (day || null)) setDay(read);
        }}
        onBlur={(event) => {
          const { value: text } = event.currentTarget;
          setTyping(false);
          setUnread(text.trim() !== "" && !readDay(text));
          props.onBlur?.(event);
        }}
        popoverProps={{
          ...WITHIN_WINDOW,
          onOpen: () => setCalendarOpen(true),
          onClose: () => setCalendarOpen(false),
        }}
        // Escape closes the calendar first: a dialog that the field is in must not take it for its own.
        data-mantine-stop-propagation={calendarOpen || undefined}
        fixOnBlur={Boolean(day)}
        error={error || objection()}
      />
    </LocaleDates>
  );
}
