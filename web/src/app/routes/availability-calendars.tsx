import { Skeleton, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Failure } from "@/components/ui/failure";
import { Page } from "@/components/ui/page";
import { AddCalendar } from "@/features/availability/add-calendar";
import { AvailabilityTabs } from "@/features/availability/availability-tabs";
import { CalendarRow } from "@/features/availability/calendar-row";
import { fetchCalendars } from "@/features/availability/calendars-api";
import { useNow } from "@/lib/now";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import classes from "./availability-calendars.module.css";

export function Component() {
  const { t } = useTranslation();
  const now = useNow(30_000);
  const calendars = useQuery({
    queryKey: keys.calendars,
    queryFn: fetchCalendars,
    // Reading takes the server some seconds after a calendar is added, then happens every quarter of an hour.
    refetchInterval: ({ state }) =>
      state.data?.some((one) => one.last_read_at === null && one.status === "ok") ? 2000 : 30_000,
  });
  return (
    <Page
      title={t("Busy calendars")}
      lead={t("Seekers aren’t offered times when you’re busy in your other calendars.")}
    >
      <AvailabilityTabs />
      <Stack className={classes.column ?? ""} data-rows>
        {calendars.isPending ? (
          <Skeleton height={160} radius={14} />
        ) : calendars.isLoadingError ? (
          <Failure error={calendars.error} retry={() => void calendars.refetch()} />
        ) : (
          <section className="card" aria-labelledby="calendars">
            <h2 id="calendars" className={classes.heading}>
              {t("Your calendars")}
            </h2>
            {calendars.data.length === 0 ? (
              <Text c="dimmed">{t("No calendars yet. Add the one you keep your appointments in.")}</Text>
            ) : (
              <ul className={classes.list}>
                {calendars.data.map((calendar) => (
                  <CalendarRow key={calendar.id} calendar={calendar} now={now} />
                ))}
              </ul>
            )}
          </section>
        )}
        <AddCalendar />
      </Stack>
    </Page>
  );
}
