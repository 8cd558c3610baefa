import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Note } from "@/components/ui/note";
import type { Booking } from "@/features/booking/api";
import { formatDuration, useFreePeriod } from "@/features/booking/free-period";
import { type Side, nextStep, other } from "@/features/booking/labels";
import { useTimeline } from "@/features/booking/queries";
import { useNow } from "@/lib/now";
import { clockTime, stopwatch } from "@/lib/time";
import { useZone } from "@/lib/zone";
import type { Presence } from "./api";
import classes from "./session-summary.module.css";

type Props = { booking: Booking; side: Side; presence: Presence | null };

/** After the session: how long it took, how long each was there, what is charged, and why. */
export function SessionSummary({ booking, side, presence }: Props) {
  const zone = useZone();
  const now = useNow(15_000);
  const free = useFreePeriod();
  const { t } = useTranslation();
  const timeline = useTimeline(booking);
  const bySystem = timeline.data?.some(
    (entry) => entry.actor === "system" && entry.event.includes("session.ended"),
  );
  const them: Side = side === "seeker" ? "consultant" : "seeker";
  const shared = booking.joint_seconds;
  const time = (seconds: number) => stopwatch(seconds * 1000);
  const { session_start_time: start, session_end_time: end } = booking;
  return (
    <>
      {booking.status === "completed" && (
        <div className={classes.over}>
          <span>{time(shared ?? booking.duration_seconds ?? 0)}</span>
          <small>{t("The session is over")}</small>
        </div>
      )}
      {bySystem && <Note kind="wait">{t("Nobody ended the session, so it ended automatically.")}</Note>}
      <dl className={classes.times}>
        {start && end && (
          <Row term={t("From start to end")}>
            {t("{start}–{end}", { start: clockTime(start, zone), end: clockTime(end, zone) })}
            <small>{time(booking.duration_seconds ?? 0)}</small>
          </Row>
        )}
        {presence && wasRecorded(presence) && (
          <>
            <Row term={t("You were there")}>{time(presence[side].seconds)}</Row>
            <Row term={t("{name} was there", { name: other(booking, side).first_name })}>
              {time(presence[them].seconds)}
            </Row>
            <Row term={t("Both of you, during the session")}>{time(shared ?? 0)}</Row>
          </>
        )}
      </dl>
      <div>
        <Text fw={600}>{nextStep(booking, side, now, zone)}</Text>
        {shared !== null && free !== null && free > 0 && (
          <Text c="dimmed" size="sm">
            {t("Only the time you were both here counts. It is free up to {time}.", {
              time: formatDuration(free),
            })}
          </Text>
        )}
      </div>
    </>
  );
}

/** Whether anybody's page has said that they were there. */
function wasRecorded({ seeker, consultant }: Presence): boolean {
  return seeker.seconds + consultant.seconds > 0;
}

function Row({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
