import { Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { SlotPicker } from "@/features/directory/slot-picker";
import type { Day } from "@/lib/time";
import classes from "./preview-slots.module.css";

type Props = { consultantId: string; zone: string; nextAt: string | null };

/** What seekers see of one's saved hours, in any zone: the same picker, asked of the same public list. */
export function PreviewSlots({ consultantId, zone: own, nextAt }: Props) {
  const { t } = useTranslation();
  const [zone, setZone] = useState(own);
  const [day, setDay] = useState<Day | null>(null);
  return (
    <div className={`card ${classes.preview}`}>
      <SlotPicker
        expertId={consultantId}
        zone={zone}
        onZone={(to) => {
          setZone(to);
          setDay(null);
        }}
        day={day}
        onDay={setDay}
        chosen={null}
        nextAt={nextAt}
        heading={t("What seekers see")}
      >
        <Text size="sm" c="dimmed" mt="sm">
          {t(
            "From your saved hours, minus times that are booked, too soon, or busy in your other calendars.",
          )}
        </Text>
      </SlotPicker>
    </div>
  );
}
