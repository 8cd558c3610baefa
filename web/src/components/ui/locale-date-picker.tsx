// eslint-disable-next-line no-restricted-syntax -- this is the one place
import { DatePicker, type DatePickerProps } from "@mantine/dates";
import { useTranslation } from "react-i18next";
import { LABELS, LocaleDates } from "./locale-dates";

/** A month to pick a day from, in the reader's language, with weeks that begin where theirs do. */
export function LocaleDatePicker(props: DatePickerProps) {
  const { t } = useTranslation();
  return (
    <LocaleDates>
      <DatePicker
        fullWidth
        maxLevel="month"
        hideOutsideDates
        withCellSpacing={false}
        {...LABELS}
        ariaLabels={{ previousMonth: t("Previous month"), nextMonth: t("Next month") }}
        {...props}
      />
    </LocaleDates>
  );
}
