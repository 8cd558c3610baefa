"""What payments does when something happened elsewhere: writes rows and plans steps. Stripe is
never called here.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.payments.commands.payments import Payment, change, intent_params, proceed
from services.payments.store import operations as queue
from services.payments.tables import payments, people
from shared.clock import now
from shared.events import (
    BookingAccepted,
    BookingCancelled,
    BookingConfirmed,
    BookingDeclined,
    BookingEvent,
    BookingExpired,
    PaymentAuthorized,
    SessionEnded,
    SessionMissed,
    SessionStarted,
    UserDeactivated,
    UserEvent,
    UserRegistered,
    UserUpdated,
)
from shared.ids import new_id
from shared.inbox import Reactions, event_sequence, projection
from shared.outbox import emit

# ---- people


_REMEMBER = projection(people, "role", "first_name", "last_name", "email")


async def on_user_registered(db: AsyncConnection, event: UserRegistered) -> None:
    """Names are shown in history and payouts; the e-mail goes to Stripe."""
    await _remember(db, event)


async def on_user_updated(db: AsyncConnection, event: UserUpdated) -> None:
    """Shows and tells Stripe the new name."""
    await _remember(db, event)


async def on_user_deactivated(db: AsyncConnection, event: UserDeactivated) -> None:
    """What was agreed before is still paid: the person stays known."""
    await _remember(db, event)


async def _remember(db: AsyncConnection, event: UserEvent) -> None:
    row = {
        "user_id": event.user_id,
        "role": event.role,
        "first_name": event.first_name,
        "last_name": event.last_name,
        "email": event.email,
        "last_sequence": event_sequence(),
    }
    await db.execute(_REMEMBER, row)


# ---- bookings


def _row(event: BookingEvent, **values: Any) -> dict[str, Any]:
    at = now()
    return {
        "booking_id": event.booking_id,
        "id": new_id(),
        "seeker_id": event.seeker_id,
        "consultant_id": event.consultant_id,
        "scheduled_start": event.scheduled_start,
        "scheduled_end": event.scheduled_end,
        "amount": event.amount,
        "currency": event.currency,
        "commission_bps": event.commission_bps,
        "created_at": at,
        "updated_at": at,
        **values,
    }


_insert = insert(payments)
_new = _insert.excluded
_ACCEPT = _insert.on_conflict_do_update(
    index_elements=["booking_id"],
    set_={
        "status": "authorizing",
        "attempt": _new.attempt,
        "failure": None,
        "updated_at": _new.updated_at,
    },
    where=(payments.c.attempt < _new.attempt)
    & payments.c.status.in_(("none", "failed"))
    & or_(payments.c.due.is_(None), payments.c.due == "capture"),
).returning(*payments.c)
# The first decision counts.
_DECIDE = _insert.on_conflict_do_update(
    index_elements=["booking_id"],
    set_={
        name: _new[name]
        for name in ("due", "due_amount", "due_reason", "booking_status", "updated_at")
    },
    where=payments.c.due.is_(None),
).returning(*payments.c)
_NOTE = (
    update(payments)
    .where(payments.c.booking_id == bindparam("booking"))
    .where(payments.c.booking_status.in_(bindparam("before", expanding=True)))
    .values(booking_status=bindparam("heard"))
)


async def on_booking_accepted(db: AsyncConnection, event: BookingAccepted) -> None:
    """The card is to be authorised, once per attempt; not for a booking that was called off before
    this was heard.
    """
    row = _row(event, status="authorizing", attempt=event.attempt, booking_status="accepted")
    payment = (await db.execute(_ACCEPT, row)).one_or_none()
    if payment is None:
        return
    if payment.amount == 0:
        await _free(db, payment)
        return
    params = intent_params(
        payment, payment.amount, attempt=payment.attempt, previous=payment.payment_intent_id
    )
    await queue.plan(db, "authorize", payment.booking_id, params)


async def _free(db: AsyncConnection, payment: Payment) -> None:
    """A session that costs nothing needs no bank."""
    changed = await change(db, payment.booking_id, status="authorized")
    await emit(
        db,
        PaymentAuthorized(
            booking_id=payment.booking_id,
            payment_intent_id=None,
            amount=0,
            currency=payment.currency,
        ),
    )
    await proceed(db, changed)


async def on_booking_declined(db: AsyncConnection, event: BookingDeclined) -> None:
    """Nothing was held: a request that was never accepted has no payment."""
    await _call_off(db, event, "declined")


async def on_booking_expired(db: AsyncConnection, event: BookingExpired) -> None:
    """Nothing was held: a request that was never accepted has no payment."""
    await _call_off(db, event, "expired")


async def _call_off(db: AsyncConnection, event: BookingEvent, status: str) -> None:
    changed = await db.execute(
        update(payments)
        .where(payments.c.booking_id == event.booking_id, payments.c.due.is_(None))
        .values(due="release", due_reason=status, booking_status=status, updated_at=now())
        .returning(payments)
    )
    payment = changed.one_or_none()
    if payment is not None:
        await proceed(db, payment)


async def on_booking_cancelled(db: AsyncConnection, event: BookingCancelled) -> None:
    """What the policy lets the consultant keep is captured, the rest let go."""
    due = "capture" if event.fee > 0 else "release"
    await _settle(db, event, due, event.fee, reason="cancelled", booking_status="cancelled")


async def on_booking_confirmed(db: AsyncConnection, event: BookingConfirmed) -> None:
    await _note(db, event, "confirmed", ("accepted",))


async def on_session_started(db: AsyncConnection, event: SessionStarted) -> None:
    await _note(db, event, "in_progress", ("accepted", "confirmed"))


async def _note(
    db: AsyncConnection, event: BookingEvent, status: str, before: tuple[str, ...]
) -> None:
    await db.execute(_NOTE, {"booking": event.booking_id, "before": before, "heard": status})


async def on_session_missed(db: AsyncConnection, event: SessionMissed) -> None:
    """Nobody came: nobody pays."""
    await _settle(db, event, "release", 0, reason="no_show", booking_status="no_show")


async def on_session_ended(db: AsyncConnection, event: SessionEnded) -> None:
    """Longer than the free period: the whole amount is due; otherwise nothing is."""
    due, amount = ("capture", event.amount) if event.billable else ("release", 0)
    await _settle(db, event, due, amount, reason="session_ended", booking_status="completed")


async def _settle(
    db: AsyncConnection,
    event: BookingEvent,
    due: str,
    amount: int,
    *,
    reason: str,
    booking_status: str,
) -> None:
    """Writes what the booking has decided. Should it come before the acceptance was heard, or
    before the bank has answered, it waits on the row.
    """
    row = _row(
        event,
        status="none",
        attempt=0,
        due=due,
        due_amount=min(amount, event.amount),
        due_reason=reason,
        booking_status=booking_status,
    )
    payment = (await db.execute(_DECIDE, row)).one_or_none()
    if payment is not None:
        await proceed(db, payment)


REACTIONS: Reactions = (
    (UserRegistered, on_user_registered),
    (UserUpdated, on_user_updated),
    (UserDeactivated, on_user_deactivated),
    (BookingAccepted, on_booking_accepted),
    (BookingDeclined, on_booking_declined),
    (BookingExpired, on_booking_expired),
    (BookingCancelled, on_booking_cancelled),
    (BookingConfirmed, on_booking_confirmed),
    (SessionStarted, on_session_started),
    (SessionMissed, on_session_missed),
    (SessionEnded, on_session_ended),
)
