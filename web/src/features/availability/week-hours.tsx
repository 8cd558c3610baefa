import { Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { CopyDay } from "./copy-day";
import { type Errors, type Span, copyDay, withAnother } from "./rules-draft";
import { SpanFields } from "./span-fields";
import { SpanTrack } from "./span-track";
import { weekdayName } from "./weekdays";
import classes from "./week-hours.module.css";

type Props = { weekly: Span[][]; errors: Errors; onChange: (weekly: Span[][]) => void };

/** The hours of each weekday: drawn on a line or typed, several windows a day, copied from day to day. */
export function WeekHours({ weekly, errors, onChange }: Props) {
  const { t } = useTranslation();
  const change = (day: number, spans: Span[]) =>
    onChange(weekly.map((own, index) => (index === day ? spans : own)));
  return (
    <ul className={classes.days}>
      {weekly.map((spans, day) => {
        const name = weekdayName(day);
        return (
          // The seven days stay in their order.
          <li key={day} className={classes.day} aria-label={name} data-rows>
            <div className={classes.head}>
              <Switch
                data-row-add
                label={name}
                checked={spans.length > 0}
                onChange={(event) => change(day, event.currentTarget.checked ? withAnother([]) : [])}
              />
              {spans.length > 0 && <CopyDay day={day} onCopy={(to) => onChange(copyDay(weekly, day, to))} />}
            </div>
            <div className={classes.hours}>
              <SpanTrack name={name} spans={spans} onChange={(next) => change(day, next)} />
              {spans.length > 0 ? (
                <SpanFields
                  name={name}
                  spans={spans}
                  errors={errors}
                  onChange={(next) => change(day, next)}
                />
              ) : (
                <p className={classes.closed}>{t("Not available")}</p>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
