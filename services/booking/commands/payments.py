"""What the seeker, and the clock, can do about a payment that is not held. What payments itself
reports is in reactions.py.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.booking.errors import InvalidTransition
from services.booking.lifecycle import Actor, Status, Verb, advance
from services.booking.records import (
    HeldBooking,
    Line,
    facts_of,
    hold_as_party,
    move,
    release_slot,
    write,
)
from shared.auth import User
from shared.clock import now
from shared.events import BookingAccepted, BookingCancelled

REASONS = {
    Status.PAYMENT_FAILED: "The payment was not mended in time.",
    Status.ACCEPTED: "The payment was not confirmed before the start.",
}


async def retry_payment(db: AsyncConnection, *, booking_id: UUID, by: User) -> HeldBooking:
    """The seeker has the payment tried again, with the card now on file. Raises NotFound,
    InvalidTransition.
    """
    booking, actor = await hold_as_party(db, booking_id, by)
    status = advance(booking.status, Verb.RETRY_PAYMENT, actor)
    if booking.payment_deadline is not None and now() > booking.payment_deadline:
        raise InvalidTransition(
            f"The booking is {booking.status}, and the time to pay for it has passed."
        )
    attempt = booking.payment_attempt + 1
    changes = {
        "status": status,
        "payment_status": "authorizing",
        "payment_attempt": attempt,
        "payment_failure": None,
        "payment_deadline": None,
    }
    # Payments hears the same as at the first time, with the next attempt's number.
    again = BookingAccepted(
        **facts_of(booking), commission_amount=booking.commission_amount, attempt=attempt
    )
    line = Line(actor, "payment.retried", {"attempt": attempt})
    return await write(db, booking, changes, [line], [again])


async def lapse_booking(db: AsyncConnection, booking: HeldBooking) -> None:
    """The clock: the money was not held in time; the slot is free again."""
    reason = REASONS[booking.status]
    status = advance(booking.status, Verb.LAPSE, Actor.SYSTEM)
    await release_slot(db, booking)
    event = BookingCancelled(**facts_of(booking), cancelled_by=Actor.SYSTEM, fee=0, reason=reason)
    await move(
        db,
        booking,
        Actor.SYSTEM,
        event,
        detail={"reason": reason},
        status=status,
        cancelled_by=Actor.SYSTEM,
        cancellation_fee=0,
        reason=reason,
        payment_deadline=None,
    )
