import { ActionIcon, Button, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { PlusIcon, TrashIcon } from "@/components/ui/icons";
import { type Errors, type Span, withAnother } from "./rules-draft";
import classes from "./span-fields.module.css";

type Props = {
  /** Whose windows these are: "Monday". */
  name: string;
  spans: Span[];
  errors: Errors;
  onChange: (spans: Span[]) => void;
};

/** A day's windows as fields: two times each, one more, one less. */
export function SpanFields({ name, spans, errors, onChange }: Props) {
  const { t } = useTranslation();
  const change = (id: string, part: Partial<Span>) =>
    onChange(spans.map((one) => (one.id === id ? { ...one, ...part } : one)));
  return (
    <div className={classes.spans} data-rows>
      {spans.map((one, index) => {
        const which = { day: name, number: index + 1 };
        return (
          <div key={one.id} className={classes.span}>
            <TextInput
              type="time"
              step={900}
              aria-label={t("{day}, time range {number}, from", which)}
              value={one.start}
              error={errors[`${one.id}.start`]}
              data-path={`${one.id}.start`}
              onChange={(event) => change(one.id, { start: event.currentTarget.value })}
            />
            <span className={classes.dash}>–</span>
            <TextInput
              type="time"
              step={900}
              aria-label={t("{day}, time range {number}, until", which)}
              // A clock has no 24:00: midnight as an end means the end of the day.
              value={one.end === "24:00" ? "00:00" : one.end}
              error={errors[`${one.id}.end`]}
              data-path={`${one.id}.end`}
              onChange={(event) =>
                change(one.id, {
                  end: event.currentTarget.value === "00:00" ? "24:00" : event.currentTarget.value,
                })
              }
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              data-row
              aria-label={t("Remove time range {number} on {day}", which)}
              onClick={() => onChange(spans.filter((each) => each.id !== one.id))}
            >
              <TrashIcon size={18} />
            </ActionIcon>
          </div>
        );
      })}
      <Button
        className={classes.add ?? ""}
        variant="subtle"
        size="compact-sm"
        leftSection={<PlusIcon size={16} />}
        aria-label={t("Add hours on {day}", { day: name })}
        onClick={() => onChange(withAnother(spans))}
      >
        {t("Add hours")}
      </Button>
    </div>
  );
}
