import { SegmentedControl, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { LocaleDatePicker } from "@/components/ui/locale-date-picker";
import { type Day, addDays, today } from "@/lib/time";
import { CloseDays } from "./close-days";
import { ExceptionList, inWords, longDay } from "./exception-list";
import { hoursInWords } from "./layout";
import { type DayException, type Draft, type Errors, span, withException } from "./rules-draft";
import { SpanFields } from "./span-fields";
import classes from "./exceptions-editor.module.css";

type Props = { draft: Draft; errors: Errors; onChange: (exceptions: DayException[]) => void };

const FARTHEST_DAYS = 365;

/** Days with other hours than the week's, or none: picked in a month or given from the first to the last. */
export function ExceptionsEditor({ draft, errors, onChange }: Props) {
  const { t } = useTranslation();
  const first = today(draft.time_zone);
  const last = addDays(first, FARTHEST_DAYS);
  const [date, setDate] = useState<Day | null>(null);
  const on = (day: Day) => draft.exceptions.find((one) => one.date === day);
  return (
    <div className={classes.columns}>
      <LocaleDatePicker
        minDate={first}
        maxDate={last}
        value={date}
        onChange={setDate}
        getDayAriaLabel={(day) => {
          const exception = on(day);
          return exception ? `${longDay(day)}, ${inWords(t, exception)}` : longDay(day);
        }}
        getDayProps={(day) => {
          const exception = on(day);
          const kind = exception && (exception.spans.length ? "hours" : "closed");
          return { className: classes.day ?? "", "data-exception": kind };
        }}
      />
      <Stack data-rows>
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
          <Text c="dimmed">{t("Pick a day to close it or set special hours.")}</Text>
        )}
        <ExceptionList exceptions={draft.exceptions} first={first} onPick={setDate} onChange={onChange} />
        <CloseDays exceptions={draft.exceptions} first={first} last={last} onChange={onChange} />
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
    <section aria-label={longDay(date)} className={classes.panel} data-rows>
      <h3>{longDay(date)}</h3>
      <SegmentedControl
        data-row-add
        fullWidth
        value={kind}
        onChange={choose}
        aria-label={t("Hours on {day}", { day: longDay(date) })}
        data={[
          { value: "usual", label: t("Weekly hours") },
          { value: "closed", label: t("Closed") },
          { value: "hours", label: t("Special hours") },
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
          {usual.length ? usual.map(hoursInWords).join(", ") : t("This weekday has no hours.")}
        </Text>
      )}
    </section>
  );
}
