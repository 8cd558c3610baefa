"""Cancelling a booking."""

from uuid import UUID

from services.booking.commands.rules import free_slot
from services.booking.commands.transitions import advance, transition
from services.booking.domain.cancellations import cancellation_fee, refusal_to_cancel
from services.booking.domain.lifecycle import Verb
from services.booking.domain.model import Booking
from services.booking.domain.outcome import SessionTimes
from services.booking.errors import InvalidTransition
from services.booking.store.bookings import event_fields, get_for_party
from services.booking.store.presences import get_presence
from shared.auth import User
from shared.clock import now
from shared.db import Transaction
from shared.events import BookingCancelled


async def cancel_booking(
    db: Transaction, *, booking_id: UUID, by: User, reason: str | None, times: SessionTimes
) -> Booking:
    """Cancels a booking for one of its parties. The slot is free again unless it has begun;
    payments captures the fee and releases the rest. Raises NotFound, InvalidTransition.
    """
    booking, actor = await get_for_party(db, booking_id, by)
    at = now()
    refusal = refusal_to_cancel(booking, actor, await get_presence(db, booking.id), at, times)
    if refusal is not None:
        raise InvalidTransition(refusal)
    fee = cancellation_fee(booking, actor, at)
    cancelled = booking.changed(
        status=advance(booking, Verb.CANCEL, actor),
        cancelled_by=actor,
        cancellation_fee=fee,
        reason=reason,
        payment_deadline=None,
    )
    await free_slot(db, booking.consultant_id, booking.slot_id)
    event = BookingCancelled(**event_fields(cancelled), cancelled_by=actor, fee=fee, reason=reason)
    detail = {"fee": fee, "currency": booking.currency, "reason": reason}
    return await transition(db, booking, cancelled, actor, event, detail=detail)
