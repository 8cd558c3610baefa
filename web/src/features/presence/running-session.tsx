import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Note } from "@/components/ui/note";
import type { Booking } from "@/features/booking/api";
import { type Meter, formatDuration, meter, useFreePeriod } from "@/features/booking/free-period";
import { type Side, other } from "@/features/booking/labels";
import { SessionDial } from "@/features/booking/session-dial";
import { useConfig } from "@/lib/config";
import { money } from "@/lib/money";
import { useNow } from "@/lib/now";
import { MINUTE, clockTime, length } from "@/lib/time";
import { useZone } from "@/lib/zone";
import type { Presence } from "./api";
import { EndSession } from "./end-session";
import { type JointTime, jointMeter } from "./joint-clock";
import { absentFrom, endsItselfAt } from "./session-times";

type Props = {
  booking: Booking;
  start: string;
  side: Side;
  presence: Presence | null;
  joint: JointTime | null;
};

/** The clock of a session in progress, and what it will cost. */
export function RunningSession({ booking, start, side, presence, joint }: Props) {
  const now = useNow(250);
  const free = useFreePeriod();
  const { t } = useTranslation();
  // Without anybody's presence the clock of start and end decides.
  const state = joint ? jointMeter(joint, free ?? 0, now) : meter(start, free ?? 0, now);
  const charged = free === null ? null : state.charged;
  const paused = joint !== null && joint.since === null;
  return (
    <Stack align="stretch">
      <div style={{ alignSelf: "center" }}>
        <SessionDial state={state} />
      </div>
      <p className="unseen" role="status">
        {free === null
          ? ""
          : !state.charged
            ? t("Free period: {time} left", { time: length(Math.ceil(state.freeLeft / MINUTE) * MINUTE) })
            : t("The free period is over. This session will be charged.")}
      </p>
      {paused && <Waiting booking={booking} side={side} presence={presence} now={now} />}
      <Charge booking={booking} side={side} state={state} free={free} />
      <TimeLeft booking={booking} now={now} />
      <EndSession booking={booking} charged={charged} />
    </Stack>
  );
}

/** Why the clock stands still. */
function Waiting({ booking, side, presence, now }: Omit<Props, "start" | "joint"> & { now: number }) {
  const zone = useZone();
  const { t } = useTranslation();
  const name = other(booking, side).first_name;
  const them: Side = side === "seeker" ? "consultant" : "seeker";
  const theirs = presence?.[them];
  if (!theirs || theirs.present) return null;
  const until = clockTime(absentFrom(booking), zone);
  return (
    <Note kind="wait" live>
      <p>
        {theirs.seconds > 0
          ? t("{name} has left. The clock counts only while you are both here.", { name })
          : t("Waiting for {name}. The clock counts only while you are both here.", { name })}
      </p>
      {theirs.seconds === 0 && now < absentFrom(booking) && (
        <p>
          {side === "seeker"
            ? t("If they don’t join by {until}, the session is cancelled and you pay nothing.", { until })
            : t("If they don’t join by {until}, they’re charged the late cancellation fee.", { until })}
        </p>
      )}
    </Note>
  );
}

type ChargeProps = { booking: Booking; side: Side; state: Meter; free: number | null };

function Charge({ booking, side, state, free }: ChargeProps) {
  const { t } = useTranslation();
  const price = money(booking.amount, booking.currency);
  if (free === null) return null;
  if (!state.charged)
    return (
      <Text>
        {t("If the session ends within the free period, you pay nothing.")}{" "}
        {side === "seeker"
          ? t("After that, {price} is charged.", { price })
          : t("After that, the full price of {price} is due.", { price })}
      </Text>
    );
  return (
    <Note kind="info">
      {side === "seeker"
        ? t("{price} will be charged to your card when the session ends.", { price })
        : t("{price} will be charged to {name} when the session ends.", {
            price,
            name: booking.seeker.first_name,
          })}{" "}
      {free > 0 &&
        t("You’ve both been here longer than the free period of {time}.", { time: formatDuration(free) })}
    </Note>
  );
}

/** What is left of the booked time, and when the session ends without anybody's doing. */
function TimeLeft({ booking, now }: { booking: Booking; now: number }) {
  const zone = useZone();
  const config = useConfig();
  const { t } = useTranslation();
  const left = Date.parse(booking.scheduled_end) - now;
  return (
    <Text size="sm" c="dimmed">
      {left > 0
        ? t("{time} left of the booked time.", { time: length(Math.max(MINUTE, left)) })
        : t("The booked time is over.")}{" "}
      {config &&
        t("If nobody ends the session, it ends automatically at {time}.", {
          time: clockTime(endsItselfAt(booking, config), zone),
        })}
    </Text>
  );
}
