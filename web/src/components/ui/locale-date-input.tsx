import { DateInput, type DateInputProps, DatesProvider, type DayOfWeek } from "@mantine/dates";
import "@mantine/dates/styles.layer.css";
import dayjs from "dayjs";
import "dayjs/locale/ar";
import "dayjs/locale/de";
import "dayjs/locale/en-gb";
import localizedFormat from "dayjs/plugin/localizedFormat";
import { useTranslation } from "react-i18next";
import { type ReaderLocale } from "@/lib/i18n/languages";
import { useLocale } from "@/lib/i18n/locale";
import { dayLabel, firstWeekday } from "@/lib/time";

dayjs.extend(localizedFormat);

/** A day, written as the reader does, with a calendar whose weeks begin where theirs do. */
export function LocaleDateInput(props: DateInputProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <DatesProvider
      settings={{
        locale: dayjsLocale(locale),
        firstDayOfWeek: firstWeekday() as DayOfWeek,
        weekendDays: [],
      }}
    >
      <DateInput
        valueFormat="ddd, ll"
        previousLabel={t("Previous month")}
        nextLabel={t("Next month")}
        getDayProps={(date) => ({
          "aria-label": dayLabel(date, { weekday: "long", day: "numeric", month: "long" }),
        })}
        {...props}
      />
    </DatesProvider>
  );
}

/** dayjs has English of the United States ("en"), and that of most others ("en-gb"). */
function dayjsLocale({ language, locale }: ReaderLocale): string {
  if (language !== "en") return language;
  return ["US", undefined].includes(new Intl.Locale(locale).region) ? "en" : "en-gb";
}
