import { DatesProvider, type DayOfWeek } from "@mantine/dates";
import "@mantine/dates/styles.layer.css";
import "dayjs/locale/ar";
import "dayjs/locale/de";
import "dayjs/locale/en-gb";
import type { ReactNode } from "react";
import type { ReaderLocale } from "@/lib/i18n/languages";
import { useLocale } from "@/lib/i18n/locale";
import { type Day, dayLabel, firstWeekday } from "@/lib/time";

/** For Mantine's calendars: days and months by their names here, and weeks that begin where the reader's do. */
export function LocaleDates({ children }: { children: ReactNode }) {
  const settings = {
    locale: dayjsLocale(useLocale()),
    firstDayOfWeek: firstWeekday() as DayOfWeek,
    weekendDays: [],
  };
  return <DatesProvider settings={settings}>{children}</DatesProvider>;
}

const label = (options: Intl.DateTimeFormatOptions) => (day: Day) => dayLabel(day, options);

/** What calendars are labelled with, in the digits of the reader's locale, which dayjs does not know. */
export const LABELS = {
  renderDay: label({ day: "numeric" }),
  monthLabelFormat: label({ month: "long", year: "numeric" }),
  yearLabelFormat: label({ year: "numeric" }),
  decadeLabelFormat: label({ year: "numeric" }),
  yearsListFormat: label({ year: "numeric" }),
};

/** dayjs has English of the United States ("en"), and that of most others ("en-gb"). */
export function dayjsLocale({ language, locale }: ReaderLocale): string {
  if (language !== "en") return language;
  return ["US", undefined].includes(new Intl.Locale(locale).region) ? "en" : "en-gb";
}
