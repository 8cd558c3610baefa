import type { ReactNode } from "react";
import { Link } from "react-router";
import { Chip } from "@/components/ui/note";
import { Avatar, fullName } from "@/components/ui/person";
import { ExpertAvatar } from "@/features/directory/expert-avatar";
import { UnreadMessages } from "@/features/message/unread-messages";
import { AnotherTimeLine } from "@/features/rescheduling/another-time";
import { t } from "@/lib/i18n/i18n";
import { length, span } from "@/lib/time";
import { useZone } from "@/lib/zone";
import type { Booking } from "./api";
import classes from "./booking-card.module.css";
import { inShort } from "./money";
import { STATUS, type Side, nextStep, other } from "./labels";

type Props = { booking: Booking; side: Side; now: number; actions?: ReactNode };

/** One booking in a list: who, when, how much, how it stands, and what to do next. */
export function BookingCard({ booking, side, now, actions }: Props) {
  const zone = useZone();
  const them = other(booking, side);
  const { word, kind } = STATUS[booking.status];
  const due = inShort(booking, side);
  return (
    <article className={classes.card}>
      {side === "seeker" ? <ExpertAvatar expert={them} /> : <Avatar person={them} />}
      <div className={classes.what}>
        <h3>
          <Link to={`/booking/${booking.id}`}>{fullName(them)}</Link>
        </h3>
        <p className={classes.when}>
          {span(booking.scheduled_start, booking.scheduled_end, zone)}
          <span>{length(Date.parse(booking.scheduled_end) - Date.parse(booking.scheduled_start))}</span>
        </p>
        <p className={classes.next}>{nextStep(booking, side, now, zone)}</p>
        <AnotherTimeLine booking={booking} side={side} now={now} />
        <UnreadMessages booking={booking} />
        {side === "consultant" && booking.status === "requested" && booking.message && (
          <p className={`words ${classes.message}`}>{booking.message}</p>
        )}
      </div>
      <div className={classes.state}>
        <Chip kind={kind}>{t(word)}</Chip>
        {due.amount && <strong>{due.amount}</strong>}
        <small>{due.word}</small>
      </div>
      {actions && <div className={classes.actions}>{actions}</div>}
    </article>
  );
}
