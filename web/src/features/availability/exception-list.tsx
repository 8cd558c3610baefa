import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { CloseIcon } from "@/components/ui/icons";
import { type Day, dayLabel } from "@/lib/time";
import { hoursInWords } from "./layout";
import { type Stretch, stretchesOf, withoutStretch } from "./days-off";
import classes from "./exceptions-editor.module.css";
import type { DayException } from "./rules-draft";

type Props = {
  exceptions: DayException[];
  /** Those before are over, and not shown. */
  first: Day;
  onPick: (day: Day) => void;
  onChange: (exceptions: DayException[]) => void;
};

/** The days that are not as the week has them, those of a holiday as one. */
export function ExceptionList({ exceptions, first, onPick, onChange }: Props) {
  const { t } = useTranslation();
  const stretches = stretchesOf(exceptions.filter((one) => one.date >= first));
  if (stretches.length === 0) return null;
  const days = (one: Stretch, label = dayLabel) =>
    one.first === one.last
      ? label(one.first)
      : t("{from} – {to}", { from: label(one.first), to: label(one.last) });
  return (
    <ul className={classes.list} data-rows aria-label={t("Days with special hours")}>
      {stretches.map((one) => (
        <li key={one.first}>
          <button type="button" className={classes.entry} onClick={() => onPick(one.first)}>
            <strong>{days(one)}</strong> {inWords(t, one)}
          </button>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            data-row
            leftSection={<CloseIcon size={14} />}
            aria-label={t("Use the weekly hours on {day} again", { day: days(one, longDay) })}
            onClick={() => onChange(withoutStretch(exceptions, one))}
          >
            {t("Remove")}
          </Button>
        </li>
      ))}
    </ul>
  );
}

/** "09:00–12:00, 13:00–17:00", or that the day is closed. */
export function inWords(t: (text: string) => string, { spans }: Pick<DayException, "spans">): string {
  return spans.length ? spans.map(hoursInWords).join(", ") : t("Closed");
}

export function longDay(day: Day): string {
  return dayLabel(day, { weekday: "long", day: "numeric", month: "long" });
}
