import { Button, Skeleton, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { Failure } from "@/components/ui/failure";
import { NewTabIcon } from "@/components/ui/icons";
import { Note } from "@/components/ui/note";
import { Page } from "@/components/ui/page";
import type { Booking } from "@/features/booking/api";
import { type Side, nextStep, sideOf } from "@/features/booking/labels";
import { useBooking } from "@/features/booking/queries";
import { CallPanel } from "@/features/call/call-panel";
import { Messages } from "@/features/message/messages";
import type { Presence } from "@/features/presence/api";
import { RunningSession } from "@/features/presence/running-session";
import { isOpen } from "@/features/presence/session-times";
import { SessionSummary } from "@/features/presence/session-summary";
import { StartSession } from "@/features/presence/start-session";
import { useJointTime, usePresence } from "@/features/presence/use-presence";
import { WhoIsHere } from "@/features/presence/who-is-here";
import { RateSession } from "@/features/rating/rate-session";
import { isMissing } from "@/lib/api/problem";
import { useSession } from "@/lib/api/session";
import { useConfig } from "@/lib/config";
import { useNow } from "@/lib/now";
import { span, zoneName } from "@/lib/time";
import { useZone } from "@/lib/zone";
import classes from "./session.module.css";

export function Component() {
  const { id = "" } = useParams();
  const { t } = useTranslation();
  const booking = useBooking(id);
  const user = useSession((state) => state.user);
  if (booking.data && user)
    return <Session key={id} booking={booking.data} side={sideOf(booking.data, user.id)} />;
  return (
    <Page title={t("Session")} narrow>
      {booking.isPending ? (
        <Skeleton height={420} radius={14} />
      ) : isMissing(booking.error) ? (
        <Text>{t("This booking doesn’t exist, or you don’t have access to it.")}</Text>
      ) : (
        <Failure error={booking.error} retry={() => void booking.refetch()} />
      )}
    </Page>
  );
}

function Session({ booking, side }: { booking: Booking; side: Side }) {
  const { t } = useTranslation();
  const config = useConfig();
  const now = useNow(1000);
  const open = isOpen(booking, config, now);
  const presence = usePresence(booking, open);
  return (
    <Page title={t("Session")} narrow={!open}>
      <div className={classes.parts} data-open={open || undefined}>
        {open && (
          <div className={classes.call}>
            <CallPanel booking={booking} side={side} />
          </div>
        )}
        <div className={classes.desk}>
          <Desk booking={booking} side={side} presence={presence} open={open} />
        </div>
        <div className={classes.messages}>
          <Messages booking={booking} side={side} />
        </div>
      </div>
    </Page>
  );
}

type DeskProps = { booking: Booking; side: Side; presence: Presence | null; open: boolean };

/** Who, when, how the session stands, and what to do next. */
function Desk({ booking, side, presence, open }: DeskProps) {
  const zone = useZone();
  return (
    <section className={`card ${classes.card}`}>
      <WhoIsHere booking={booking} side={side} presence={presence} open={open} />
      <p className={classes.when}>
        {span(booking.scheduled_start, booking.scheduled_end, zone)}
        <span> · {zoneName(zone, Date.parse(booking.scheduled_start))}</span>
      </p>
      <State booking={booking} side={side} presence={presence} />
      <BackToBooking id={booking.id} open={open} />
    </section>
  );
}

function State({ booking, side, presence }: Omit<DeskProps, "open">) {
  const zone = useZone();
  const now = useNow(15_000);
  const joint = useJointTime(presence);
  const { status, session_start_time: start } = booking;
  if (status === "confirmed") return <StartSession booking={booking} side={side} presence={presence} />;
  if (status === "in_progress" && start)
    return <RunningSession booking={booking} start={start} side={side} presence={presence} joint={joint} />;
  if (status === "completed" || status === "no_show")
    return <After booking={booking} side={side} presence={presence} />;
  return <Text>{nextStep(booking, side, now, zone)}</Text>;
}

function After({ booking, side, presence }: Omit<DeskProps, "open">) {
  const { t } = useTranslation();
  return (
    <Stack>
      <SessionSummary booking={booking} side={side} presence={presence} />
      {side === "seeker" && booking.status === "completed" && !booking.rating && (
        <RateSession booking={booking} />
      )}
      {side === "seeker" && booking.rating && (
        <Note kind="good">{t("Thank you! Others can now see your rating.")}</Note>
      )}
    </Stack>
  );
}

/** Beside the session while its room is open: who leaves this page is no longer there, and hangs up. */
function BackToBooking({ id, open }: { id: string; open: boolean }) {
  const { t } = useTranslation();
  return (
    <Button
      variant="subtle"
      component={Link}
      to={`/booking/${id}`}
      {...(open ? { target: "_blank", rightSection: <NewTabIcon size={16} /> } : {})}
    >
      {t("See the booking")}
      {open && <span className="unseen"> {t("(opens in a new tab)")}</span>}
    </Button>
  );
}
