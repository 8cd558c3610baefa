"""Reactions of booking to other services' events. Events arrive repeatedly, late and out of order;
none of that is an error.

Each row has the sequence of the newest event applied to it, and stale events change nothing
(`shared/projections.py`).
"""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from msgspec.structs import replace

from services.booking.domain.lifecycle import LIFECYCLE, Verb
from services.booking.domain.model import (
    Actor,
    Booking,
    PaymentFailure,
    PaymentStatus,
    TimelineEntry,
)
from services.booking.domain.policy import payment_deadline
from services.booking.store import users
from services.booking.store.bookings import (
    add_entry,
    entry_of,
    event_fields,
    get_for_update,
    save,
    unpaid_bookings_of,
)
from services.booking.store.slots import note_free_time
from services.booking.store.waitlist import remove_entries_of
from shared.clock import now
from shared.db import Transaction
from shared.deliveries import event_instant, event_sequence
from shared.events import (
    BookingConfirmed,
    BookingEvent,
    BookingPaymentFailed,
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
    RefundRefused,
    UserDeactivated,
    UserRegistered,
    UserUpdated,
)
from shared.inbox import Reactions
from shared.projections import is_stale, latest_sequence
from shared.telemetry import log

# ---- users and prices


async def on_user_registered(db: Transaction, event: UserRegistered) -> None:
    """Adds the user: name, time zone and language."""
    await users.save_user(db, event)


async def on_user_updated(db: Transaction, event: UserUpdated) -> None:
    """Updates the user's name, time zone or language."""
    await users.save_user(db, event)


async def on_user_deactivated(db: Transaction, event: UserDeactivated) -> None:
    """A closed account offers no slots and is on no waitlist. Existing bookings continue until
    their own deadlines.
    """
    await users.save_user(db, event)
    await users.deactivate(db, event.user_id)
    await remove_entries_of(db, event.user_id)
    await note_free_time(db, event.user_id)


async def on_profile_updated(db: Transaction, event: ProfileUpdated) -> None:
    """Saves the consultant's hourly rate; existing bookings keep their price."""
    await users.save_price(db, event)


# ---- money


async def on_payment_authorized(db: Transaction, event: PaymentAuthorized) -> None:
    """The payment is authorised: an accepted booking is confirmed, as is one whose seeker has
    authenticated with their bank after a decline. For a cancelled booking it is only recorded:
    payments releases the hold on BookingCancelled.
    """
    update = await _payment_update(db, event)
    if update is None:
        return
    booking = update.booking
    authorized = replace(booking, payment_status=PaymentStatus.AUTHORIZED)
    confirmed = LIFECYCLE.target(booking.status, Verb.CONFIRM, Actor.SYSTEM)
    if confirmed is None:
        await update.save(authorized)
        return
    authorized = authorized.changed(status=confirmed, payment_failure=None, payment_deadline=None)
    await update.save(authorized, BookingConfirmed(**event_fields(authorized)))


async def on_payment_failed(db: Transaction, event: PaymentFailed) -> None:
    """The payment could not be authorised, or the hold was lost: the seeker has until the deadline
    to fix it. Once the session has begun, it is only recorded: what they owe after its end,
    notifications tells the seeker.
    """
    update = await _payment_update(db, event)
    if update is None:
        return
    booking = replace(update.booking, payment_status=PaymentStatus.FAILED)
    failure = _payment_failure(event.reason)
    status = LIFECYCLE.target(booking.status, Verb.FAIL_PAYMENT, Actor.SYSTEM)
    if status is None:
        # The session has begun, and payments will charge the card without the hold that was lost;
        # or the booking is over, and its price or fee is owed; or this is a late event about an
        # attempt that has failed already.
        await update.save(replace(booking, payment_failure=failure))
        return
    deadline = payment_deadline(now(), booking.scheduled_start, booking.payment_grace_seconds)
    failed = booking.changed(status=status, payment_failure=failure, payment_deadline=deadline)
    news = BookingPaymentFailed(
        **event_fields(failed), payment_failure=failure, payment_deadline=deadline
    )
    await update.save(failed, news)


def _payment_failure(reason: str | None) -> PaymentFailure:
    known = (failure for failure in PaymentFailure if failure == reason)
    return next(known, PaymentFailure.PROCESSING_ERROR)


async def on_payment_captured(db: Transaction, event: PaymentCaptured) -> None:
    """The money was captured."""
    await _save_payment_status(db, event, PaymentStatus.CAPTURED, event.amount)


async def on_payment_released(db: Transaction, event: PaymentReleased) -> None:
    """Nothing is held and nothing was charged: a hold was released, or there was none."""
    await _save_payment_status(db, event, PaymentStatus.RELEASED)


async def on_payment_refunded(db: Transaction, event: PaymentRefunded) -> None:
    """An amount was refunded to the card; the payment counts as refunded only if all of it was."""
    derived = PaymentStatus.CAPTURED if event.kept_amount > 0 else PaymentStatus.REFUNDED
    await _save_payment_status(db, event, _reported_status(event) or derived, event.kept_amount)


async def on_payment_disputed(db: Transaction, event: PaymentDisputed) -> None:
    """The cardholder's bank disputes the charge; if the dispute is won, the payment stays
    captured.
    """
    derived = PaymentStatus.CAPTURED if event.reason == "won" else PaymentStatus.DISPUTED
    await _save_payment_status(db, event, _reported_status(event) or derived, event.kept_amount)


def _reported_status(event: PaymentRefunded | PaymentDisputed) -> PaymentStatus | None:
    """The payment's status after a refund or dispute, which can coincide; None from an earlier
    version of the publisher.
    """
    return next((status for status in PaymentStatus if status == event.payment_status), None)


async def _save_payment_status(
    db: Transaction,
    event: PaymentEvent,
    payment_status: PaymentStatus,
    charged_amount: int | None = None,
) -> None:
    update = await _payment_update(db, event)
    if update is not None:
        after = replace(
            update.booking, payment_status=payment_status, charged_amount=charged_amount
        )
        await update.save(after)


class PaymentUpdate(NamedTuple):
    """An event of payments, newer than those applied to the booking. Nothing is written before
    `save`, not even its timeline entry.
    """

    db: Transaction
    booking: Booking
    event: PaymentEvent
    entry: TimelineEntry

    async def save(self, after: Booking, *events: BookingEvent) -> None:
        """Writes the booking `after` the event and timeline entries for it and for the resulting
        `events`, and emits those.
        """
        after = replace(
            after,
            payment_intent_id=self.event.payment_intent_id or self.booking.payment_intent_id,
            last_payment_sequence=latest_sequence(self.booking.last_payment_sequence),
        )
        entries = [self.entry, *(entry_of(Actor.SYSTEM, event) for event in events)]
        await save(self.db, self.booking, after, entries, events)


async def _payment_update(db: Transaction, event: PaymentEvent) -> PaymentUpdate | None:
    """The booking that `event` is about, locked; None if the event is stale: it is then only added
    to the timeline.
    """
    booking = await get_for_update(db, event.booking_id)
    if booking is None:
        log.warning("payment of an unknown booking", booking_id=event.booking_id)
        return None
    entry = _entry_of(event, amount=event.amount, currency=event.currency, reason=event.reason)
    if is_stale(booking.last_payment_sequence):
        await add_entry(db, booking.id, entry)
        return None
    return PaymentUpdate(db, booking, event, entry)


def _entry_of(event: PaymentEvent | PayoutSent, **detail: Any) -> TimelineEntry:
    """The timeline entry for an event about a booking's payment. It is placed by its sequence,
    whenever it arrives.
    """
    entry = entry_of(Actor.SYSTEM, event, **detail)
    return entry._replace(at=event_instant(), sequence=event_sequence() or None)


# ---- shown on the timeline only


async def on_payout_sent(db: Transaction, event: PayoutSent) -> None:
    """The consultant's share was transferred or reversed."""
    entry = _entry_of(event, state=event.state, amount=event.amount, currency=event.currency)
    await _add_entry_if_known(db, event.booking_id, entry)


async def on_refund_refused(db: Transaction, event: RefundRefused) -> None:
    """Nothing was returned to the card, although the consultant requested it."""
    entry = _entry_of(event, amount=event.amount, currency=event.currency)
    await _add_entry_if_known(db, event.booking_id, entry)


async def _add_entry_if_known(db: Transaction, booking_id: UUID, entry: TimelineEntry) -> None:
    if await get_for_update(db, booking_id) is not None:
        await add_entry(db, booking_id, entry)


async def on_payment_method_changed(db: Transaction, event: PaymentMethodChanged) -> None:
    """The seeker has saved a card: noted on the timelines of bookings whose payment failed, because
    it can be retried.
    """
    if event.state != "saved":
        return
    entry = entry_of(Actor.SEEKER, event, state=event.state)._replace(at=event_instant())
    for booking_id in await unpaid_bookings_of(db, event.user_id):
        await add_entry(db, booking_id, entry)


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
    (RefundRefused, on_refund_refused),
    (PaymentMethodChanged, on_payment_method_changed),
    (PayoutSent, on_payout_sent),
)
