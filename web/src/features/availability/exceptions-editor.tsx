import { Button, SegmentedControl, Stack, Text } from "@mantine/core";
import { DatePicker } from "@mantine/dates";
import "@mantine/dates/styles.layer.css";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CloseIcon } from "@/components/ui/icons";
import { type Day, addDays, dayLabel, today } from "@/lib/time";
import { type DayException, type Draft, type Errors, span, withException } from "./rules-draft";
import { SpanFields } from "./span-fields";
import classes from "./exceptions-editor.module.css";

type Props = { draft: Draft; errors: Errors; onChange: (exceptions: DayException[]) => void };

const FARTHEST_DAYS = 365;

/** Days with other hours than the week's, or none: picked in a month, edited beside it. */
export function ExceptionsEditor({ draft, errors, onChange }: Props) {
  const { t } = useTranslation();
  const first = today(draft.time_zone);
  const [date, setDate] = useState<Day | null>(null);
  const on = (day: Day) => draft.exceptions.find((one) => one.date === day);
  const coming = draft.exceptions.filter((one) => one.date >= first);
  const inWords = ({ spans }: DayException) =>
    spans.length ? spans.map((one) => `${one.start}–${one.end}`).join(", ") : t("Closed");
  return (
    <div className={classes.columns}>
      <DatePicker
        fullWidth
        maxLevel="month"
        hideOutsideDates
        withCellSpacing={false}
        minDate={first}
        maxDate={addDays(first, FARTHEST_DAYS)}
        value={date}
        onChange={setDate}
        weekendDays={[]}
        ariaLabels={{ previousMonth: t("Previous month"), nextMonth: t("Next month") }}
        getDayAriaLabel={(day) => {
          const exception = on(day);
          return exception ? `${longDay(day)}, ${inWords(exception)}` : longDay(day);
        }}
        getDayProps={(day) => {
          const exception = on(day);
          const kind = exception && (exception.spans.length ? "hours" : "closed");
          return { className: classes.day ?? "", "data-exception": kind };
        }}
      />
      <Stack>
        {date ? (
          <DayHours
            key={date}
            date={date}
            exception={on(date) ?? null}
            usual={draft.weekly[(new Date(`${date}T12:00:00Z`).getUTCDay() + 6) % 7] ?? []}
            errors={errors}
            onChange={(spans) => onChange(withException(draft.exceptions, date, spans))}
          />
        ) : (
          <Text c="dimmed">{t("Pick a day to close it or to give it hours of its own.")}</Text>
        )}
        {coming.length > 0 && (
          <ul className={classes.list} aria-label={t("Days with other hours")}>
            {coming.map((one) => (
              <li key={one.date}>
                <button type="button" className={classes.entry} onClick={() => setDate(one.date)}>
                  <strong>{dayLabel(one.date)}</strong> {inWords(one)}
                </button>
                <Button
                  variant="subtle"
                  color="gray"
                  size="compact-sm"
                  leftSection={<CloseIcon size={14} />}
                  aria-label={t("Use the weekly hours on {day} again", { day: longDay(one.date) })}
                  onClick={() => onChange(withException(draft.exceptions, one.date, null))}
                >
                  {t("Remove")}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Stack>
    </div>
  );
}

type DayProps = {
  date: Day;
  exception: DayException | null;
  usual: { start: string; end: string }[];
  errors: Errors;
  onChange: (spans: DayException["spans"] | null) => void;
};

function DayHours({ date, exception, usual, errors, onChange }: DayProps) {
  const { t } = useTranslation();
  const kind = !exception ? "usual" : exception.spans.length ? "hours" : "closed";
  const choose = (next: string) => {
    if (next === "usual") onChange(null);
    else if (next === "closed") onChange([]);
    else onChange(usual.length ? usual.map((one) => span(one.start, one.end)) : [span("09:00", "17:00")]);
  };
  return (
    <section aria-label={longDay(date)} className={classes.panel}>
      <h3>{longDay(date)}</h3>
      <SegmentedControl
        fullWidth
        value={kind}
        onChange={choose}
        aria-label={t("Hours on {day}", { day: longDay(date) })}
        data={[
          { value: "usual", label: t("Weekly hours") },
          { value: "closed", label: t("Closed") },
          { value: "hours", label: t("Other hours") },
        ]}
      />
      {errors[date] && (
        <Text c="red" size="sm" role="alert">
          {errors[date]}
        </Text>
      )}
      {kind === "hours" && exception && (
        <SpanFields name={longDay(date)} spans={exception.spans} errors={errors} onChange={onChange} />
      )}
      {kind === "usual" && (
        <Text size="sm" c="dimmed">
          {usual.length
            ? usual.map((one) => `${one.start}–${one.end}`).join(", ")
            : t("This weekday has no hours.")}
        </Text>
      )}
    </section>
  );
}

function longDay(day: Day): string {
  return dayLabel(day, { weekday: "long", day: "numeric", month: "long" });
}
