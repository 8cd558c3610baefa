import { Button, Checkbox, Group, Popover, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { WITHIN_WINDOW } from "@/components/ui/within-window";
import { weekdayName } from "./weekdays";

type Props = { day: number; onCopy: (to: number[]) => void };

/** A day's hours for other days: which ones, at once. */
export function CopyDay({ day, onCopy }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<string[]>([]);
  const others = Array.from({ length: 7 }, (_, index) => index).filter((index) => index !== day);
  const toggle = (next: boolean) => {
    // Working days are what one mostly means; a weekend's hours are for the other day of it.
    setChosen(others.filter((index) => index < 5 === day < 5).map(String));
    setOpen(next);
  };
  return (
    <Popover
      {...WITHIN_WINDOW}
      opened={open}
      onChange={setOpen}
      trapFocus
      returnFocus
      position="bottom-end"
      shadow="md"
    >
      <Popover.Target>
        <Button
          variant="subtle"
          size="compact-sm"
          aria-label={t("Copy {day} to other days", { day: weekdayName(day) })}
          onClick={() => toggle(!open)}
        >
          {t("Copy to…")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("Copy {day} to other days", { day: weekdayName(day) })}>
        <Checkbox.Group value={chosen} onChange={setChosen}>
          <Stack gap="xs">
            {others.map((index) => (
              <Checkbox key={index} value={String(index)} label={weekdayName(index)} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Group justify="flex-end" mt="sm">
          <Button
            size="compact-md"
            disabled={chosen.length === 0}
            onClick={() => {
              onCopy(chosen.map(Number));
              setOpen(false);
            }}
          >
            {t("Copy")}
          </Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}
