import { Button, Group, Modal, Skeleton, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { Failure } from "@/components/ui/failure";
import { PlayIcon, StopIcon } from "@/components/ui/icons";
import { Note } from "@/components/ui/note";
import { notifyError } from "@/components/ui/notify";
import { Page } from "@/components/ui/page";
import { Avatar, fullName } from "@/components/ui/person";
import { type Booking, endSession, startSession } from "@/features/booking/api";
import { meter, formatDuration, useFreePeriod } from "@/features/booking/free-period";
import { useBooking, useBookingCommand, useTimeline } from "@/features/booking/queries";
import { START_EARLY, type Side, canStart, nextStep, sideOf } from "@/features/booking/labels";
import { SessionDial } from "@/features/booking/session-dial";
import { RateSession } from "@/features/rating/rate-session";
import { useSession } from "@/lib/api/session";
import { money } from "@/lib/money";
import { useNow } from "@/lib/now";
import { MINUTE, length, relative, span, stopwatch, zoneName } from "@/lib/time";
import { useZone } from "@/lib/zone";
import classes from "./session.module.css";

export function Component() {
  const { id = "" } = useParams();
  const booking = useBooking(id);
  const user = useSession((state) => state.user);
  return (
    <Page title="Session" narrow>
      {booking.isPending ? (
        <Skeleton height={420} radius={14} />
      ) : !booking.data || !user ? (
        <Failure error={booking.error} retry={() => void booking.refetch()} />
      ) : (
        <Room booking={booking.data} side={sideOf(booking.data, user.id)} />
      )}
    </Page>
  );
}

function Room({ booking, side }: { booking: Booking; side: Side }) {
  const zone = useZone();
  return (
    <div className={`card ${classes.room}`}>
      <div className={classes.people}>
        <Person person={booking.consultant} part="Consultant" />
        <Person person={booking.seeker} part="Seeker" />
      </div>
      <p className={classes.when}>
        {span(booking.scheduled_start, booking.scheduled_end, zone)}
        <span> · {zoneName(zone, Date.parse(booking.scheduled_start))}</span>
      </p>
      {booking.status === "confirmed" ? (
        <Before booking={booking} side={side} />
      ) : booking.status === "in_progress" && booking.session_start_time ? (
        <Running booking={booking} start={booking.session_start_time} side={side} />
      ) : booking.status === "completed" ? (
        <After booking={booking} side={side} />
      ) : (
        <Elsewhere booking={booking} side={side} />
      )}
    </div>
  );
}

function Person({ person, part }: { person: Booking["seeker"]; part: string }) {
  return (
    <div className={classes.person}>
      <Avatar person={person} size={64} />
      <strong>{fullName(person)}</strong>
      <small>{part}</small>
    </div>
  );
}

function Before({ booking, side }: { booking: Booking; side: Side }) {
  const now = useNow(1000);
  const zone = useZone();
  const free = useFreePeriod();
  const start = useBookingCommand((id, _: undefined, key) => startSession(id, key));
  const opens = Date.parse(booking.scheduled_start) - START_EARLY;
  const open = canStart(booking, now);
  return (
    <Stack align="center">
      <Text ta="center">
        {open
          ? `Start when you’re both there.${free !== null && free > 0 ? ` The first ${formatDuration(free)} are free.` : ""}`
          : now < opens
            ? `You can start ${relative(opens, now)}, 15 minutes before the session.`
            : nextStep(booking, side, now, zone)}
      </Text>
      <Button
        size="lg"
        leftSection={<PlayIcon />}
        disabled={!open}
        loading={start.isPending}
        onClick={() => start.mutate({ id: booking.id, vars: undefined }, { onError: notifyError })}
      >
        Start session
      </Button>
      <BackToBooking id={booking.id} />
    </Stack>
  );
}

function Running({ booking, start, side }: { booking: Booking; start: string; side: Side }) {
  const now = useNow(250);
  const free = useFreePeriod();
  const state = meter(start, free ?? 0, now);
  const [asking, setAsking] = useState(false);
  const price = money(booking.amount, booking.currency);
  return (
    <Stack align="center">
      <SessionDial state={state} />
      <p className="unseen" role="status">
        {free === null
          ? ""
          : !state.charged
            ? `Free period: ${length(Math.ceil(state.freeLeft / 60_000) * 60_000)} left`
            : "The free period is over. This session will be charged."}
      </p>
      {free === null ? null : !state.charged ? (
        <Text ta="center">
          Ending before the free time is over costs nothing.
          {side === "seeker"
            ? ` After that ${price} will be charged.`
            : ` After that the price of ${price} is due.`}
        </Text>
      ) : (
        <Note kind="live">
          {price} will be charged{side === "seeker" ? " to your card" : ` to ${booking.seeker.first_name}`}{" "}
          when the session ends.
        </Note>
      )}
      <Text size="sm" c="dimmed" ta="center">
        {remaining(booking.scheduled_end, now)}
      </Text>
      <Button size="lg" color="red.9" leftSection={<StopIcon />} onClick={() => setAsking(true)}>
        End session
      </Button>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title="End this session?"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <EndQuestion
          booking={booking}
          charged={free === null ? null : state.charged}
          onClose={() => setAsking(false)}
        />
      </Modal>
    </Stack>
  );
}

function EndQuestion({
  booking,
  charged,
  onClose,
}: {
  booking: Booking;
  /** Null while it is not known how much is free. */
  charged: boolean | null;
  onClose: () => void;
}) {
  const end = useBookingCommand((id, _: undefined, key) => endSession(id, key));
  return (
    <Stack>
      <Text>
        It ends for both of you.{" "}
        {charged === null
          ? ""
          : charged
            ? `${money(booking.amount, booking.currency)} will be charged.`
            : "The free period isn’t over, so nothing will be charged."}
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep talking
        </Button>
        <Button
          color="red.9"
          loading={end.isPending}
          onClick={() =>
            end.mutate({ id: booking.id, vars: undefined }, { onError: notifyError, onSettled: onClose })
          }
        >
          End now
        </Button>
      </Group>
    </Stack>
  );
}

function After({ booking, side }: { booking: Booking; side: Side }) {
  const zone = useZone();
  const now = useNow(15_000);
  const timeline = useTimeline(booking);
  const bySystem = timeline.data?.some(
    (entry) => entry.actor === "system" && entry.event.includes("session.ended"),
  );
  return (
    <Stack>
      <div className={classes.over}>
        <span>{stopwatch((booking.duration_seconds ?? 0) * 1000)}</span>
        <small>The session is over</small>
      </div>
      {bySystem && (
        <Note kind="wait">Nobody pressed “End”, so the session was ended automatically after its time.</Note>
      )}
      <Text ta="center">{nextStep(booking, side, now, zone)}</Text>
      {side === "seeker" && !booking.rating && <RateSession booking={booking} />}
      {side === "seeker" && booking.rating && (
        <Note kind="good">Thank you, your rating is shown to others now.</Note>
      )}
      <BackToBooking id={booking.id} />
    </Stack>
  );
}

function Elsewhere({ booking, side }: { booking: Booking; side: Side }) {
  const zone = useZone();
  const now = useNow(15_000);
  return (
    <Stack align="center">
      <Text ta="center">{nextStep(booking, side, now, zone)}</Text>
      <BackToBooking id={booking.id} />
    </Stack>
  );
}

function BackToBooking({ id }: { id: string }) {
  return (
    <Button variant="subtle" component={Link} to={`/booking/${id}`}>
      See the booking
    </Button>
  );
}

/** What is left of the booked time, and when the session ends without anybody's doing. */
function remaining(end: string, now: number): string {
  const left = Date.parse(end) - now;
  return left > 0
    ? `${length(Math.max(MINUTE, left))} left of the booked time`
    : "The booked time is over. The session ends automatically 15 minutes after it.";
}
