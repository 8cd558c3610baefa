import { Button, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { Failure } from "@/components/ui/failure";
import { BellIcon } from "@/components/ui/icons";
import { LocaleDateInput } from "@/components/ui/locale-date-input";
import { dayWanted, outOfRange } from "@/components/ui/read-day";
import { ErrorNote } from "@/components/ui/note";
import { notifyError, notifySuccess } from "@/components/ui/notify";
import { useSession } from "@/lib/api/session";
import { named, useSubmit } from "@/lib/form";
import { t } from "@/lib/i18n/i18n";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { type Day, MINUTE, addDays, date, instant, today, wall } from "@/lib/time";
import { type WaitlistEntry, fetchEntry, joinWaitlist, leaveWaitlist } from "./api";
import classes from "./wait-for-time.module.css";

/** The contract's bound. */
const LONGEST_DAYS = 60;
const USUAL_DAYS = 30;

type Props = { expertId: string; firstName: string; zone: string };

/** "No time that works for you?": asks to be told of times that become free, and says while one waits. */
export function WaitForTime(props: Props) {
  const { user } = useSession();
  const [open, setOpen] = useState(false);
  const entry = useQuery({
    queryKey: keys.waitlist.one(props.expertId),
    queryFn: () => fetchEntry(props.expertId),
    enabled: user?.role === "seeker",
  });
  if (user?.role === "consultant") return null;
  if (entry.isLoadingError) return <Failure error={entry.error} retry={() => void entry.refetch()} />;
  if (user && entry.data === undefined) return null;
  const dialog = { open, onClose: () => setOpen(false) };
  return (
    <div data-rows>
      {entry.data ? (
        <Waiting entry={entry.data} onChange={() => setOpen(true)} {...props} {...dialog} />
      ) : (
        <NotWaiting signedIn={user !== null} onWait={() => setOpen(true)} {...props} {...dialog} />
      )}
    </div>
  );
}

type DialogProps = Props & { entry: WaitlistEntry | null; open: boolean; onClose: () => void };

function NotWaiting({
  signedIn,
  onWait,
  ...props
}: Omit<DialogProps, "entry"> & { signedIn: boolean; onWait: () => void }) {
  const { t } = useTranslation();
  const here = useLocation();
  return (
    <div className={classes.line}>
      <span className={classes.icon}>
        <BellIcon />
      </span>
      <Text className={classes.text ?? ""}>{t("No time that works for you?")}</Text>
      {signedIn ? (
        <Button variant="light" data-row onClick={onWait}>
          {t("Get notified when one opens")}
        </Button>
      ) : (
        <Button
          variant="light"
          component={Link}
          to={`/login?next=${encodeURIComponent(here.pathname + here.search)}`}
        >
          {t("Log in to get notified")}
        </Button>
      )}
      <WaitDialog {...props} entry={null} />
    </div>
  );
}

function Waiting({
  entry,
  onChange,
  ...props
}: Omit<DialogProps, "entry"> & { entry: WaitlistEntry; onChange: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const leave = useMutation({
    mutationFn: () => leaveWaitlist(props.expertId),
    onSuccess: () => {
      client.setQueryData(keys.waitlist.one(props.expertId), null);
      void client.invalidateQueries({ queryKey: keys.waitlist.mine });
      notifySuccess(t("You’ve left the waitlist."));
    },
    onError: notifyError,
  });
  const dates = {
    name: props.firstName,
    from: date(entry.from, props.zone),
    // The end is not part of it.
    to: date(Date.parse(entry.to) - MINUTE, props.zone),
  };
  return (
    <div className={classes.line} data-waiting>
      <span className={classes.icon}>
        <BellIcon />
      </span>
      <Text className={classes.text ?? ""}>
        {t("We’ll notify you when {name} has a time between {from} and {to}.", dates)}
      </Text>
      <Group gap="xs">
        <Button variant="default" size="compact-md" data-row onClick={onChange}>
          {t("Change dates")}
        </Button>
        <Button
          variant="subtle"
          size="compact-md"
          data-row
          loading={leave.isPending}
          onClick={() => leave.mutate()}
        >
          {t("Leave waitlist")}
        </Button>
      </Group>
      <WaitDialog {...props} entry={entry} />
    </div>
  );
}

function WaitDialog({ open, onClose, ...props }: DialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog opened={open} onClose={onClose} title={t("Get notified when a time opens")}>
      <WaitForm {...props} onClose={onClose} />
    </Dialog>
  );
}

function WaitForm({ expertId, firstName, zone, entry, onClose }: Omit<DialogProps, "open">) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const first = today(zone);
  const later = (day: Day) => (day > first ? day : first);
  const form = useForm<Days>({
    enhanceGetInputProps: named,
    initialValues: {
      from: entry ? later(wall(entry.from, zone).day) : first,
      to: entry ? wall(Date.parse(entry.to) - MINUTE, zone).day : addDays(first, USUAL_DAYS - 1),
    },
    validate: (values) => {
      const missing = (["from", "to"] as const).filter((field) => !values[field]);
      if (missing.length) return Object.fromEntries(missing.map((field) => [field, dayWanted()]));
      const past = outOfRange(values.from, first);
      if (past) return { from: past };
      const against = spanProblem(values);
      return against ? { to: against } : {};
    },
    // What is wrong with the two days can be corrected at either.
    onValuesChange: () => {
      form.clearErrors();
    },
  });
  const { from, to } = form.values;
  const { onSubmit, busy, problem } = useSubmit(
    form,
    (days, key) => joinWaitlist(expertId, instants(days, zone), key),
    {
      draft: `waitlist ${expertId}`,
      once: true,
      onSuccess: (made) => {
        client.setQueryData(keys.waitlist.one(expertId), made);
        void client.invalidateQueries({ queryKey: keys.waitlist.mine });
        notifySuccess(t("We’ll notify you when {name} has a time.", { name: firstName }));
        onClose();
      },
    },
  );
  const day = (field: "from" | "to") => ({
    ...form.getInputProps(field),
    onChange: (value: string | null) => form.setFieldValue(field, value ?? ""),
  });
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <Text>
          {t(
            "When {name} has a free time on these days, you’ll get an e-mail and a notification. People on the waitlist are notified one after another.",
            { name: firstName },
          )}
        </Text>
        <SimpleGrid cols={2} spacing="sm">
          <LocaleDateInput label={t("From")} minDate={first} {...day("from")} />
          <LocaleDateInput
            label={t("To")}
            minDate={from || first}
            {...(from ? { maxDate: lastDay(from) } : {})}
            {...day("to")}
            // Said at once, also before it is sent.
            error={spanProblem({ from, to }) ?? form.errors["to"]}
          />
        </SimpleGrid>
        <ErrorNote error={problem} />
        <DialogActions busy={busy}>
          <Button variant="default" disabled={busy} onClick={onClose}>
            {t("Not now")}
          </Button>
          <Button type="submit" loading={busy}>
            {t("Notify me")}
          </Button>
        </DialogActions>
      </Stack>
    </form>
  );
}

/** Empty while what is typed is no day. */
type Days = { from: Day | ""; to: Day | "" };

/** The last day up to which one can wait from a day on. */
const lastDay = (from: Day) => addDays(from, LONGEST_DAYS - 1);

/** What is wrong with the first and the last day, in words; null when nothing is. */
function spanProblem({ from, to }: Days): string | null {
  if (!from || !to) return null;
  if (to < from) return t("The last day can’t be before the first.");
  if (to > lastDay(from))
    return t("Choose at most {count, plural, one {# day} other {# days}}.", { count: LONGEST_DAYS });
  return null;
}

/** Whole days of the zone; days of 23 and 25 hours must not make sixty of them longer than allowed. */
function instants({ from, to }: Days, zone: string): { from: string; to: string } {
  const start = instant(from, 0, zone);
  const end = Math.min(instant(addDays(to, 1), 0, zone), start + LONGEST_DAYS * 24 * 60 * MINUTE);
  return { from: new Date(start).toISOString(), to: new Date(end).toISOString() };
}
