import { NativeSelect, SimpleGrid } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ZoneSelect } from "@/components/ui/zone-select";
import { formatNumber } from "@/lib/i18n/numbers";
import { DAY, MINUTE, length } from "@/lib/time";
import type { Draft, Errors } from "./rules-draft";
import { lengthsToOffer } from "./session-lengths";

const SLOT_MINUTES = [15, 20, 30, 45, 60, 90, 120, 180, 240];
const BUFFER_MINUTES = [0, 5, 10, 15, 30, 45, 60];
const NOTICE_MINUTES = [0, 60, 120, 240, 720, 1440, 2880, 4320, 10_080];
const HORIZON_DAYS = [7, 14, 30, 60, 90, 180, 365];
const DAILY_LIMITS = [1, 2, 3, 4, 5, 6, 8, 10];

type Props = { draft: Draft; shortest: number; errors: Errors; onChange: (part: Partial<Draft>) => void };

/** What holds for all days: how long a session is, pauses, notice, how far ahead, how many a day, and the zone. */
export function RuleSettings({ draft, shortest, errors, onChange }: Props) {
  const { t } = useTranslation();
  const minutes = (value: number) =>
    value * MINUTE >= DAY && (value * MINUTE) % DAY === 0 ? days(value / 1440) : length(value * MINUTE);
  const days = (value: number) => t("{count, plural, one {# day} other {# days}}", { count: value });
  const choice = (
    field: "slot_minutes" | "buffer_minutes" | "minimum_notice_minutes" | "horizon_days",
    values: number[],
    inWords: (value: number) => string,
  ) => ({
    name: field,
    "data-path": field,
    error: errors[field],
    value: String(draft[field]),
    data: [...new Set([...values, draft[field]])]
      .sort((a, b) => a - b)
      .map((value) => ({ value: String(value), label: inWords(value) })),
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ [field]: Number(event.currentTarget.value) }),
  });
  const limits = [...new Set([...DAILY_LIMITS, ...(draft.daily_limit ? [draft.daily_limit] : [])])];
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="md">
      <NativeSelect
        label={t("Session length")}
        description={t("How long each session lasts")}
        {...choice(
          "slot_minutes",
          lengthsToOffer(SLOT_MINUTES, Math.max(shortest, 15), draft.slot_minutes),
          minutes,
        )}
      />
      <NativeSelect
        label={t("Break between sessions")}
        description={t("Kept before and after each booking")}
        {...choice("buffer_minutes", BUFFER_MINUTES, (value) => (value ? minutes(value) : t("No break")))}
      />
      <NativeSelect
        label={t("Minimum notice")}
        description={t("How far in advance seekers must book")}
        {...choice("minimum_notice_minutes", NOTICE_MINUTES, (value) => (value ? minutes(value) : t("None")))}
      />
      <NativeSelect
        label={t("How far ahead")}
        description={t("New times open every day")}
        {...choice("horizon_days", HORIZON_DAYS, days)}
      />
      <NativeSelect
        label={t("Sessions a day")}
        description={t("Maximum number of bookings")}
        name="daily_limit"
        data-path="daily_limit"
        error={errors["daily_limit"]}
        value={String(draft.daily_limit ?? "")}
        data={[
          { value: "", label: t("No limit") },
          ...limits
            .sort((a, b) => a - b)
            .map((value) => ({ value: String(value), label: formatNumber(value) })),
        ]}
        onChange={(event) => onChange({ daily_limit: Number(event.currentTarget.value) || null })}
      />
      <ZoneSelect
        label={t("Time zone")}
        description={t("Your hours are in this time zone")}
        name="time_zone"
        data-path="time_zone"
        error={errors["time_zone"]}
        value={draft.time_zone}
        onChange={(time_zone) => onChange({ time_zone })}
      />
    </SimpleGrid>
  );
}
