import { Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { Failure } from "@/components/ui/failure";
import { Chip, Note } from "@/components/ui/note";
import { Page } from "@/components/ui/page";
import { Avatar, fullName } from "@/components/ui/person";
import { Score } from "@/components/ui/stars";
import { AcceptBooking } from "@/features/booking/accept-booking";
import type { Booking } from "@/features/booking/api";
import { CancelBooking } from "@/features/booking/cancel-booking";
import { DeclineBooking } from "@/features/booking/decline-booking";
import { RetryPayment } from "@/features/booking/retry-payment";
import { inFull } from "@/features/booking/money";
import { useBooking } from "@/features/booking/queries";
import { Timeline } from "@/features/booking/timeline";
import {
  STATUS,
  type Side,
  canCancel,
  nextStep,
  nextStepReadOut,
  other,
  sideOf,
} from "@/features/booking/labels";
import { AddToCalendar } from "@/features/calendar/add-to-calendar";
import { BookAgain } from "@/features/directory/book-again";
import { expertPath } from "@/features/directory/address";
import { useExpertPhoto } from "@/features/directory/expert-photo";
import { Messages } from "@/features/message/messages";
import { Reply, ReplyForm } from "@/features/rating/reply";
import { RateSession } from "@/features/rating/rate-session";
import { Receipt, hasReceipt } from "@/features/payment/receipt";
import { isOpen } from "@/features/presence/session-times";
import { AnotherTime } from "@/features/rescheduling/another-time";
import { canPropose } from "@/features/rescheduling/proposal";
import { ProposeTime } from "@/features/rescheduling/propose-time";
import { isMissing } from "@/lib/api/problem";
import { useSession } from "@/lib/api/session";
import { useConfig } from "@/lib/config";
import { money } from "@/lib/money";
import { useNow } from "@/lib/now";
import { length, span, zoneName } from "@/lib/time";
import { useZone } from "@/lib/zone";
import classes from "./booking.module.css";

export function Component() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const booking = useBooking(id);
  const user = useSession((state) => state.user);
  if (booking.isPending)
    return (
      <Page title={t("Booking")}>
        <Skeleton height={260} radius={14} />
      </Page>
    );
  if (!booking.data || !user)
    return (
      <Page title={t("Booking")}>
        {isMissing(booking.error) ? (
          <Text>{t("This booking doesn’t exist, or you don’t have access to it.")}</Text>
        ) : (
          <Failure error={booking.error} retry={() => void booking.refetch()} />
        )}
      </Page>
    );
  return <Details key={id} booking={booking.data} side={sideOf(booking.data, user.id)} />;
}

function Details({ booking, side }: { booking: Booking; side: Side }) {
  const { t } = useTranslation();
  const zone = useZone();
  const now = useNow(15_000);
  const them = other(booking, side);
  const { word, kind } = STATUS[booking.status];
  const photo = useExpertPhoto(side === "seeker" ? them.id : null);
  return (
    <Page
      title={t("Session with {name}", { name: fullName(them) })}
      action={<Chip kind={kind}>{t(word)}</Chip>}
    >
      <div className={classes.columns}>
        <Stack>
          <div className="card">
            <Stack>
              <div className={classes.who}>
                <Avatar person={{ ...them, photo_url: photo }} size={56} />
                <div>
                  <p className={classes.name}>
                    {side === "seeker" ? (
                      <Link to={expertPath({ consultant_id: them.id, ...them })}>{fullName(them)}</Link>
                    ) : (
                      fullName(them)
                    )}
                  </p>
                  <p className={classes.next}>{nextStep(booking, side, now, zone)}</p>
                  <p className="unseen" role="status">
                    {nextStepReadOut(booking, side, now, zone)}
                  </p>
                </div>
              </div>
              <Facts booking={booking} side={side} zone={zone} />
              {booking.message && (
                <div>
                  <h2 className={classes.label}>
                    {side === "seeker"
                      ? t("Your message")
                      : t("{name}’s message", { name: booking.seeker.first_name })}
                  </h2>
                  <p className={`words ${classes.message}`}>{booking.message}</p>
                </div>
              )}
              {booking.status === "payment_failed" && <RetryPayment booking={booking} side={side} />}
              <Actions booking={booking} side={side} now={now} />
            </Stack>
          </div>
          <AnotherTime booking={booking} side={side} now={now} />
          <RatingPart booking={booking} side={side} />
          <Messages booking={booking} side={side} />
        </Stack>
        <section className="card" aria-labelledby="timeline">
          <h2 id="timeline" className={classes.heading}>
            {t("Timeline")}
          </h2>
          <Timeline booking={booking} side={side} />
        </section>
      </div>
    </Page>
  );
}

type FactsProps = { booking: Booking; side: Side; zone: string };

function Facts({ booking, side, zone }: FactsProps) {
  const { t } = useTranslation();
  const said = inFull(booking, side);
  const planned = Date.parse(booking.scheduled_end) - Date.parse(booking.scheduled_start);
  return (
    <dl className={classes.facts}>
      <div>
        <dt>{t("When")}</dt>
        <dd>
          {span(booking.scheduled_start, booking.scheduled_end, zone)}
          <small>{zoneName(zone, Date.parse(booking.scheduled_start))}</small>
        </dd>
      </div>
      <div>
        <dt>{t("Length")}</dt>
        <dd>
          {length(planned)}
          {booking.duration_seconds !== null && (
            <small>
              {booking.duration_seconds < 60
                ? t("lasted less than a minute")
                : t("lasted {length}", { length: length(booking.duration_seconds * 1000) })}
            </small>
          )}
        </dd>
      </div>
      <div>
        <dt>{t("Price")}</dt>
        <dd>
          {money(booking.amount, booking.currency)}
          {said && <small>{said}</small>}
        </dd>
      </div>
    </dl>
  );
}

function Actions({ booking, side, now }: { booking: Booking; side: Side; now: number }) {
  const { t } = useTranslation();
  const room = isOpen(booking, useConfig(), now);
  const answerable = side === "consultant" && booking.status === "requested";
  const over = booking.status === "completed" || hasReceipt(booking.payment_status);
  if (!room && !answerable && !over && !canCancel(booking)) return null;
  return (
    <Group className={classes.actions}>
      {answerable && (
        <>
          <AcceptBooking booking={booking} />
          <DeclineBooking booking={booking} />
        </>
      )}
      {side === "seeker" && booking.status === "completed" && <BookAgain expert={booking.consultant} />}
      <Receipt booking={booking} />
      {room && (
        <Button component={Link} to={`/session/${booking.id}`}>
          {booking.status === "in_progress" ? t("Go to the session") : t("Open the session")}
        </Button>
      )}
      {booking.status === "confirmed" && <AddToCalendar bookingId={booking.id} />}
      {canPropose(booking, now) && <ProposeTime booking={booking} side={side} />}
      {canCancel(booking) && !answerable && <CancelBooking booking={booking} side={side} />}
    </Group>
  );
}

function RatingPart({ booking, side }: { booking: Booking; side: Side }) {
  const { t } = useTranslation();
  if (booking.status !== "completed") return null;
  if (booking.rating)
    return (
      <section className="card" aria-labelledby="rating">
        <h2 id="rating" className={classes.heading}>
          {side === "seeker" ? t("Your rating") : t("{name}’s rating", { name: booking.seeker.first_name })}
        </h2>
        <Score score={booking.rating.score} />
        {booking.rating.comment && <p className={`words ${classes.message}`}>{booking.rating.comment}</p>}
        {booking.rating.reply ? (
          <Reply by={booking.consultant.first_name} reply={booking.rating.reply} />
        ) : (
          side === "consultant" && <ReplyForm booking={booking} />
        )}
      </section>
    );
  if (side === "consultant")
    return (
      <Note kind="idle">
        {t("{name} hasn’t rated this session yet.", { name: booking.seeker.first_name })}
      </Note>
    );
  return (
    <section className="card" aria-labelledby="rating">
      <h2 id="rating" className={classes.heading}>
        {t("Rate your session with {name}", { name: booking.consultant.first_name })}
      </h2>
      <RateSession booking={booking} />
    </section>
  );
}
