import { Button, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { PlayIcon } from "@/components/ui/icons";
import { notifyError } from "@/components/ui/notify";
import { type Booking, startSession } from "@/features/booking/api";
import { formatDuration, useFreePeriod } from "@/features/booking/free-period";
import { type Side, nextStep, other } from "@/features/booking/labels";
import { useBookingCommand } from "@/features/booking/queries";
import { useConfig } from "@/lib/config";
import { useNow } from "@/lib/now";
import { clockTime, relative } from "@/lib/time";
import { useZone } from "@/lib/zone";
import type { Presence } from "./api";
import { absentFrom, isOpen, opensAt } from "./session-times";

type Props = { booking: Booking; side: Side; presence: Presence | null };

/** Starts a confirmed session. Both may press at once: whose request comes second sees the session running. */
export function StartSession({ booking, side, presence }: Props) {
  const now = useNow(1000);
  const config = useConfig();
  const { t } = useTranslation();
  const start = useBookingCommand((id, _: undefined, key) => startSession(id, key), ["in_progress"]);
  const open = isOpen(booking, config, now);
  const begin = () => start.mutate({ id: booking.id, vars: undefined }, { onError: notifyError });
  return (
    <Stack align="stretch">
      <Hint booking={booking} side={side} presence={presence} now={now} open={open} />
      <Button size="lg" leftSection={<PlayIcon />} disabled={!open} loading={start.isPending} onClick={begin}>
        {t("Start session")}
      </Button>
    </Stack>
  );
}

function Hint({ booking, side, presence, now, open }: Props & { now: number; open: boolean }) {
  const zone = useZone();
  const free = useFreePeriod();
  const config = useConfig();
  const { t } = useTranslation();
  const name = other(booking, side).first_name;
  const them: Side = side === "seeker" ? "consultant" : "seeker";
  if (!open) {
    if (!config || now >= opensAt(booking, config)) return <Text>{nextStep(booking, side, now, zone)}</Text>;
    return (
      <Text>
        {t("You can start {when}, {minutes, plural, one {# minute} other {# minutes}} before the session.", {
          when: relative(opensAt(booking, config), now),
          minutes: Math.round(config.start_early_seconds / 60),
        })}
      </Text>
    );
  }
  if (presence?.[them].present)
    return (
      <Text role="status">
        {t("{name} is here: you can start.", { name })}{" "}
        {free !== null && free > 0 && t("Sessions of up to {time} are free.", { time: formatDuration(free) })}
      </Text>
    );
  const until = clockTime(absentFrom(booking), zone);
  return (
    <Text role="status">
      {t("{name} isn’t here yet.", { name })}{" "}
      {now < absentFrom(booking) &&
        (side === "seeker"
          ? t("If they don’t join by {until}, the session is cancelled and you pay nothing.", { until })
          : t("If they don’t join by {until}, they’re charged the late cancellation fee.", { until }))}
    </Text>
  );
}
