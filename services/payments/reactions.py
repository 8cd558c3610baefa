"""Reactions of payments to other services' events: they write rows and plan steps, and never call
Stripe.
"""

from __future__ import annotations

import msgspec

from services.payments.commands.holds import authorize, plan_renewal, record_free
from services.payments.commands.payments import follow_decision, record_release
from services.payments.domain.model import Due, PaymentStatus
from services.payments.domain.operations import StepKind
from services.payments.store import accounts, customers, operations, users
from services.payments.store import payments as payments_store
from shared.clock import now
from shared.db import Transaction
from shared.events import (
    BookingAccepted,
    BookingCancelled,
    BookingEvent,
    BookingRescheduled,
    SessionEnded,
    SessionMissed,
    UserDeactivated,
    UserRegistered,
    UserUpdated,
)
from shared.inbox import Reactions

# ---- users


async def on_user_registered(db: Transaction, event: UserRegistered) -> None:
    """Stores the user: names are shown in histories and payouts. The e-mail address is passed to
    Stripe, and may have to be verified before a payout account is opened.
    """
    await users.save_user(db, event)


async def on_user_updated(db: Transaction, event: UserUpdated) -> None:
    """Updates the name and the address. A job gives a changed address to a seeker's customer at
    Stripe; a consultant's account keeps the one with which it was opened.
    """
    await users.save_user(db, event)
    await customers.renew_email(db, event.user_id)


async def on_user_deactivated(db: Transaction, event: UserDeactivated) -> None:
    """What was agreed before is still paid, so the user stays known, but their address is
    erased.
    """
    await users.save_user(db, msgspec.structs.replace(event, email=""))
    await customers.erase_email(db, event.user_id)
    await accounts.erase_email(db, event.user_id)


# ---- bookings


async def on_booking_accepted(db: Transaction, event: BookingAccepted) -> None:
    """Creates the payment and plans its hold, once per attempt, unless the booking was cancelled
    before this event arrived.
    """
    payment = await payments_store.accept(db, event, event.attempt)
    if payment is None:
        await _close_cancelled(db, event)
    elif payment.amount == 0:
        await record_free(db, payment)
    else:
        await authorize(db, payment)


async def _close_cancelled(db: Transaction, event: BookingAccepted) -> None:
    """The acceptance has changed nothing, because it is known or the booking was cancelled before.
    In the latter case no authorisation was ever started: reports to booking that nothing is held.
    """
    payment = await payments_store.get_existing(db, event.booking_id)
    if payment.status == PaymentStatus.NONE:
        await record_release(db, payment)


async def on_booking_cancelled(db: Transaction, event: BookingCancelled) -> None:
    """Captures the fee that the policy sets, and releases the rest."""
    await _record_decision(db, event, event.fee, reason="cancelled")


async def on_booking_rescheduled(db: Transaction, event: BookingRescheduled) -> None:
    """A hold that would lapse before the new end is renewed in time; one that no longer needs it is
    left as it is. A request that was not accepted yet has no payment.
    """
    if event.status == "requested":
        return
    payment = await payments_store.save_times(db, event)
    if payment is not None and payment.status == PaymentStatus.AUTHORIZED:
        await operations.drop_unsent(db, payment.booking_id, StepKind.RENEW)
        await plan_renewal(db, payment, earliest=now())


async def on_session_missed(db: Transaction, event: SessionMissed) -> None:
    """A seeker who never came owes the late-cancellation fee; otherwise nothing is charged."""
    await _record_decision(db, event, event.fee, reason="no_show")


async def on_session_ended(db: Transaction, event: SessionEnded) -> None:
    """If the session was longer than the free period, the whole amount is due; otherwise nothing
    is.
    """
    amount = event.amount if event.billable else 0
    await _record_decision(db, event, amount, reason="session_ended")


async def _record_decision(
    db: Transaction, event: BookingEvent, amount: int, *, reason: str
) -> None:
    """Stores that `amount` is to be captured, or that nothing is, and plans what that requires."""
    due = Due.CAPTURE if amount > 0 else Due.RELEASE
    payment = await payments_store.decide(db, event, due, amount, reason=reason)
    if payment is not None:
        await follow_decision(db, payment)


REACTIONS: Reactions = (
    (UserRegistered, on_user_registered),
    (UserUpdated, on_user_updated),
    (UserDeactivated, on_user_deactivated),
    (BookingAccepted, on_booking_accepted),
    (BookingCancelled, on_booking_cancelled),
    (BookingRescheduled, on_booking_rescheduled),
    (SessionMissed, on_session_missed),
    (SessionEnded, on_session_ended),
)
