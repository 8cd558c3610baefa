"""What booking makes of other services' facts. They come twice, late and out of order, and none of
that is an error.

Each row remembers the sequence of the newest event that was applied to it, and a stale one changes
nothing any more (`shared/inbox.py`).
"""

from __future__ import annotations

from typing import Any, NamedTuple, get_args

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.booking.lifecycle import Actor, Status, Verb, target
from services.booking.policy import payment_deadline
from services.booking.records import (
    HeldBooking,
    Line,
    PaymentFailure,
    PaymentStatus,
    facts_of,
    hold,
    line_of,
    note,
    note_free_time,
    timeline_name,
    write,
)
from services.booking.tables import bookings, parties, terms
from shared.clock import now
from shared.events import (
    BookingConfirmed,
    BookingEvent,
    PaymentAuthorized,
    PaymentCaptured,
    PaymentDisputed,
    PaymentEvent,
    PaymentFailed,
    PaymentMethodChanged,
    PaymentRefunded,
    PaymentReleased,
    PayoutSent,
    ProfileUpdated,
    UserDeactivated,
    UserEvent,
    UserRegistered,
    UserUpdated,
)
from shared.inbox import Reactions, event_sequence, is_stale, latest_sequence, projection
from shared.telemetry import log

PAYMENT_FAILURES = frozenset(get_args(PaymentFailure))


# ---- people and prices

_NAME = projection(parties, "first_name", "last_name")
_CLOSE = update(parties).where(parties.c.id == bindparam("user_id")).values(is_active=False)
_PRICE = projection(terms, "hourly_rate", "currency")


async def on_user_registered(db: AsyncConnection, event: UserRegistered) -> None:
    """Learns somebody's name."""
    await _learn_name(db, event)


async def on_user_updated(db: AsyncConnection, event: UserUpdated) -> None:
    """Learns somebody's new name."""
    await _learn_name(db, event)


async def on_user_deactivated(db: AsyncConnection, event: UserDeactivated) -> None:
    """Nobody can ask a closed account for its time any more. What was agreed runs on to its own
    deadlines.
    """
    await _learn_name(db, event)
    await db.execute(_CLOSE, {"user_id": event.user_id})
    await note_free_time(db, event.user_id)


async def _learn_name(db: AsyncConnection, event: UserEvent) -> None:
    row = {
        "id": event.user_id,
        "role": event.role,
        "first_name": event.first_name,
        "last_name": event.last_name,
        "is_active": True,
        "last_sequence": event_sequence(),
    }
    await db.execute(_NAME, row)


async def on_profile_updated(db: AsyncConnection, event: ProfileUpdated) -> None:
    """Learns what a consultant asks for an hour; bookings made before keep their price."""
    row = {
        "consultant_id": event.consultant_id,
        "hourly_rate": event.hourly_rate,
        "currency": event.currency,
        "last_sequence": event_sequence(),
    }
    await db.execute(_PRICE, row)


# ---- money


async def on_payment_authorized(db: AsyncConnection, event: PaymentAuthorized) -> None:
    """The money is held: an accepted booking is confirmed, as is one whose seeker has satisfied
    their bank after a refusal. For one that was called off meanwhile it is only noted: payments
    lets the money go on BookingCancelled.
    """
    heard = await _hear(db, event)
    if heard is None:
        return
    confirmed = target(heard.booking.status, Verb.CONFIRM, Actor.SYSTEM)
    if confirmed is None:
        await heard.write(payment_status="authorized")
        return
    told = BookingConfirmed(**facts_of(heard.booking))
    await heard.write(
        told,
        payment_status="authorized",
        status=confirmed,
        payment_failure=None,
        payment_deadline=None,
    )


async def on_payment_failed(db: AsyncConnection, event: PaymentFailed) -> None:
    """The money could not be held, or no longer: the seeker has until the deadline to mend it."""
    heard = await _hear(db, event)
    if heard is None:
        return
    booking = heard.booking
    changes: dict[str, Any] = {"payment_status": "failed"}
    reason = event.reason if event.reason in PAYMENT_FAILURES else "processing_error"
    failed = target(booking.status, Verb.FAIL_PAYMENT, Actor.SYSTEM)
    if failed is not None:
        deadline = payment_deadline(now(), booking.scheduled_start, booking.payment_grace_seconds)
        changes |= {"status": failed, "payment_failure": reason, "payment_deadline": deadline}
    elif booking.status is not Status.ACCEPTED:
        changes |= {"payment_failure": reason}
    await heard.write(**changes)


async def on_payment_captured(db: AsyncConnection, event: PaymentCaptured) -> None:
    """The money was taken."""
    await _take_down(db, event, "captured")


async def on_payment_released(db: AsyncConnection, event: PaymentReleased) -> None:
    """The money was let go."""
    await _take_down(db, event, "released")


async def on_payment_refunded(db: AsyncConnection, event: PaymentRefunded) -> None:
    """Money went back to the card; only when all of it did, the payment is refunded."""
    await _take_down(
        db, event, _told(event) or ("captured" if event.kept_amount > 0 else "refunded")
    )


async def on_payment_disputed(db: AsyncConnection, event: PaymentDisputed) -> None:
    """The cardholder's bank disputes the charge; one that was won leaves it captured."""
    await _take_down(
        db, event, _told(event) or ("captured" if event.reason == "won" else "disputed")
    )


def _told(event: PaymentRefunded | PaymentDisputed) -> PaymentStatus | None:
    """What the payment is after a refund or a dispute, which may meet; None from a publisher that
    does not say it yet.
    """
    return next(
        (status for status in get_args(PaymentStatus) if status == event.payment_status), None
    )


async def _take_down(
    db: AsyncConnection, event: PaymentEvent, payment_status: PaymentStatus
) -> None:
    heard = await _hear(db, event)
    if heard is not None:
        await heard.write(payment_status=payment_status)


class Heard(NamedTuple):
    """News of a payment, the newest that the booking has heard. Nothing of it is written before
    `write`, not even its line.
    """

    db: AsyncConnection
    booking: HeldBooking
    news: PaymentEvent
    line: Line

    async def write(self, *told: BookingEvent, **changes: Any) -> None:
        """Takes the news down on the booking with `changes`, and on its timeline, and tells `told`
        that follow from them.
        """
        intent = self.news.payment_intent_id or self.booking.payment_intent_id
        lines = [self.line, *(line_of(Actor.SYSTEM, event) for event in told)]
        sequence = latest_sequence(self.booking.last_payment_sequence)
        changes = {"payment_intent_id": intent, "last_payment_sequence": sequence, **changes}
        await write(self.db, self.booking, changes, lines, told)


async def _hear(db: AsyncConnection, event: PaymentEvent) -> Heard | None:
    """The booking that `event` is about, locked; None where there is nothing more to do, for the
    event came late: then it is only on the timeline.
    """
    booking = await hold(db, event.booking_id)
    if booking is None:
        log.warning("payment of an unknown booking", booking_id=event.booking_id)
        return None
    line = line_of(
        Actor.SYSTEM, event, amount=event.amount, currency=event.currency, reason=event.reason
    )
    if is_stale(booking.last_payment_sequence):
        await note(db, booking.id, line.by, line.event, **line.detail)
        return None
    return Heard(db, booking, event, line)


# ---- what only the timeline shows

_WAITING_FOR_A_CARD = select(bookings.c.id).where(
    bookings.c.seeker_id == bindparam("seeker_id"), bookings.c.status == Status.PAYMENT_FAILED
)


async def on_payout_sent(db: AsyncConnection, event: PayoutSent) -> None:
    """The consultant's share was transferred, or taken back."""
    if await hold(db, event.booking_id) is not None:
        detail: dict[str, Any] = {
            "state": event.state,
            "amount": event.amount,
            "currency": event.currency,
        }
        await note(db, event.booking_id, Actor.SYSTEM, timeline_name(PayoutSent), **detail)


async def on_payment_method_changed(db: AsyncConnection, event: PaymentMethodChanged) -> None:
    """The seeker has saved a card: bookings whose payment failed say that it can be tried again."""
    if event.state != "saved":
        return
    waiting = await db.execute(_WAITING_FOR_A_CARD, {"seeker_id": event.user_id})
    for booking_id in waiting.scalars().all():
        await note(
            db, booking_id, Actor.SEEKER, timeline_name(PaymentMethodChanged), state=event.state
        )


REACTIONS: Reactions = (
    (UserRegistered, on_user_registered),
    (UserUpdated, on_user_updated),
    (UserDeactivated, on_user_deactivated),
    (ProfileUpdated, on_profile_updated),
    (PaymentAuthorized, on_payment_authorized),
    (PaymentFailed, on_payment_failed),
    (PaymentCaptured, on_payment_captured),
    (PaymentReleased, on_payment_released),
    (PaymentRefunded, on_payment_refunded),
    (PaymentDisputed, on_payment_disputed),
    (PaymentMethodChanged, on_payment_method_changed),
    (PayoutSent, on_payout_sent),
)
