import { DateInput, type DateInputProps } from "@mantine/dates";
import { useTranslation } from "react-i18next";
import { dayLabel } from "@/lib/time";
import { LocaleDates } from "./locale-dates";

/** A day, written as the reader does, with a calendar whose weeks begin where theirs do. */
export function LocaleDateInput(props: DateInputProps) {
  const { t } = useTranslation();
  return (
    <LocaleDates>
      <DateInput
        valueFormat="ddd, ll"
        previousLabel={t("Previous month")}
        nextLabel={t("Next month")}
        getDayProps={(date) => ({
          "aria-label": dayLabel(date, { weekday: "long", day: "numeric", month: "long" }),
        })}
        {...props}
      />
    </LocaleDates>
  );
}
