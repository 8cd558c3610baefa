import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { Chip } from "@/components/ui/note";
import { notifyError, notifySuccess } from "@/components/ui/notify";
import { readerLocale } from "@/lib/i18n/locale";
import { keys } from "@/lib/query-keys";
import { date, relative } from "@/lib/time";
import { useZone } from "@/lib/zone";
import classes from "./calendar-row.module.css";
import { type BusyCalendar, refreshCalendar, removeCalendar } from "./calendars-api";

type Props = { calendar: BusyCalendar; now: number };

/** A busy calendar and how it does: when it was read, until when it says something, what is wrong. */
export function CalendarRow({ calendar, now }: Props) {
  const { t } = useTranslation();
  const zone = useZone();
  const client = useQueryClient();
  const refresh = useMutation({
    mutationFn: () => refreshCalendar(calendar.id),
    onSuccess: () => notifySuccess(t("The calendar will be refreshed in a moment.")),
    onError: notifyError,
    onSettled: () => client.invalidateQueries({ queryKey: keys.calendars }),
  });
  const failing = calendar.status === "failing";
  return (
    <li className={classes.row}>
      <div className={classes.what}>
        <h3>{calendar.name}</h3>
        <p>{calendar.host}</p>
        <p>
          {calendar.last_read_at
            ? t("Last updated {when}.", { when: relative(calendar.last_read_at, now) })
            : t("Not updated yet.")}{" "}
          {calendar.busy_until &&
            t("Busy times are read up to {day}.", { day: date(calendar.busy_until, zone) })}
        </p>
        {failing && (
          <p className={classes.error} role="alert">
            {whyUnread(calendar) ?? t("It could not be read.")}{" "}
            {t("Times read earlier still apply. Check the address, or remove the calendar.")}
          </p>
        )}
      </div>
      <Chip kind={failing ? "bad" : calendar.last_read_at ? "good" : "wait"}>
        {failing ? t("Can’t be read") : calendar.last_read_at ? t("Up to date") : t("Waiting")}
      </Chip>
      <Group gap="xs" className={classes.actions ?? ""}>
        <Button
          variant="default"
          size="compact-md"
          loading={refresh.isPending}
          aria-label={t("Refresh {name}", { name: calendar.name })}
          onClick={() => refresh.mutate()}
        >
          {t("Refresh")}
        </Button>
        <RemoveCalendar calendar={calendar} />
      </Group>
    </li>
  );
}

/** What the server says went wrong. It speaks English: for other readers null. */
function whyUnread({ last_error }: BusyCalendar): string | null {
  return readerLocale().language === "en" ? last_error : null;
}

function RemoveCalendar({ calendar }: { calendar: BusyCalendar }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const remove = useMutation({
    mutationFn: () => removeCalendar(calendar.id),
    onSuccess: () => {
      setOpen(false);
      notifySuccess(t("The calendar is removed."));
    },
    onError: notifyError,
    onSettled: () => {
      void client.invalidateQueries({ queryKey: keys.calendars });
      void client.invalidateQueries({ queryKey: keys.slots.all });
    },
  });
  return (
    <>
      <Button
        variant="subtle"
        size="compact-md"
        className="danger"
        data-row
        aria-label={t("Remove {name}", { name: calendar.name })}
        onClick={() => setOpen(true)}
      >
        {t("Remove")}
      </Button>
      <Dialog
        opened={open}
        onClose={() => setOpen(false)}
        title={t("Remove {name}?", { name: calendar.name })}
      >
        <Stack>
          <Text>{t("Times it was blocking can be booked again.")}</Text>
          <DialogActions busy={remove.isPending}>
            <Button variant="default" disabled={remove.isPending} onClick={() => setOpen(false)}>
              {t("Keep it")}
            </Button>
            <Button color="red.9" loading={remove.isPending} onClick={() => remove.mutate()}>
              {t("Remove")}
            </Button>
          </DialogActions>
        </Stack>
      </Dialog>
    </>
  );
}
