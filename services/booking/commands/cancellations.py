"""Calling a booking off, and what that costs."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.booking.lifecycle import Verb, advance
from services.booking.records import HeldBooking, facts_of, hold_as_party, move, release_slot
from shared.auth import User
from shared.clock import now
from shared.events import BookingCancelled


async def cancel_booking(
    db: AsyncConnection, *, booking_id: UUID, by: User, reason: str | None
) -> HeldBooking:
    """One of the two calls it off; the slot is free again unless it has begun, and payments keeps
    the fee and lets the rest go. Raises NotFound, InvalidTransition.
    """
    booking, actor = await hold_as_party(db, booking_id, by)
    status = advance(booking.status, Verb.CANCEL, actor)
    fee = booking.fee_if_cancelled(actor, now())
    await release_slot(db, booking)
    event = BookingCancelled(**facts_of(booking), cancelled_by=actor, fee=fee, reason=reason)
    return await move(
        db,
        booking,
        actor,
        event,
        detail={"fee": fee, "currency": booking.currency, "reason": reason},
        status=status,
        cancelled_by=actor,
        cancellation_fee=fee,
        reason=reason,
        payment_deadline=None,
    )
