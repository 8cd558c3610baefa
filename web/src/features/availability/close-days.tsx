import { Button, SimpleGrid, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { LocaleDateInput } from "@/components/ui/locale-date-input";
import { outOfRange } from "@/components/ui/read-day";
import { useDraft } from "@/lib/drafts";
import type { Day } from "@/lib/time";
import { MOST_EXCEPTIONS, entriesOf, withDaysOff } from "./days-off";
import type { DayException } from "./rules-draft";

type Props = {
  exceptions: DayException[];
  /** The first day that can be closed, and the last one. */
  first: Day;
  last: Day;
  onChange: (exceptions: DayException[]) => void;
};

type Values = { from: Day | null; to: Day | null };

/** Closes all days of a holiday at once: from the first to the last. */
export function CloseDays({ exceptions, first, last, onChange }: Props) {
  const { t } = useTranslation();
  const heading = useId();
  const form = useForm<Values>({ initialValues: { from: null, to: null } });
  useDraft(form, "days off");
  const { from, to } = form.values;
  const possible = (day: Day | null): day is Day => day !== null && outOfRange(day, first, last) === null;
  const closed = possible(from) && possible(to) && from <= to ? withDaysOff(exceptions, from, to) : null;
  const problem =
    from && to && to < from
      ? t("The last day can’t be before the first.")
      : closed && entriesOf(closed) > MOST_EXCEPTIONS
        ? t("At most {max, number} entries", { max: MOST_EXCEPTIONS })
        : null;
  const close = () => {
    if (!closed) return;
    onChange(closed);
    form.setValues({ from: null, to: null });
  };
  return (
    <Stack component="section" gap="xs" aria-labelledby={heading}>
      <Text component="h3" id={heading} fw={600} m={0} tabIndex={-1} data-row-add>
        {t("Several days off")}
      </Text>
      <SimpleGrid cols={2} spacing="sm">
        <LocaleDateInput
          label={t("First day")}
          value={from}
          clearable
          minDate={first}
          maxDate={last}
          onChange={(day) => form.setFieldValue("from", day)}
        />
        <LocaleDateInput
          label={t("Last day")}
          value={to}
          clearable
          minDate={from ?? first}
          maxDate={last}
          error={problem}
          onChange={(day) => form.setFieldValue("to", day)}
        />
      </SimpleGrid>
      <Button
        variant="default"
        style={{ alignSelf: "start" }}
        disabled={!closed || problem !== null}
        onClick={close}
      >
        {t("Close these days")}
      </Button>
    </Stack>
  );
}
