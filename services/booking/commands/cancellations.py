"""Cancelling a booking."""

from uuid import UUID

from services.booking.commands.rules import free_slot
from services.booking.commands.transitions import advance, apply_transition, ensure_not_expired
from services.booking.domain.cancellations import MISSED, cancellation_fee
from services.booking.domain.lifecycle import Verb
from services.booking.domain.model import Booking
from services.booking.domain.outcome import SessionTimes, is_missed
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
    status, at = advance(booking, Verb.CANCEL, actor), now()
    ensure_not_expired(booking)
    # Otherwise whoever waited in vain would owe the fee until the sweep has run.
    if is_missed(booking, await get_presence(db, booking.id), at, times):
        raise InvalidTransition(MISSED)
    fee = cancellation_fee(booking, actor, at)
    cancelled = booking.changed(
        status=status,
        cancelled_by=actor,
        cancellation_fee=fee,
        reason=reason,
        payment_deadline=None,
    )
    await free_slot(db, booking.consultant_id, booking.slot_id)
    event = BookingCancelled(**event_fields(cancelled), cancelled_by=actor, fee=fee, reason=reason)
    detail = {"fee": fee, "currency": booking.currency, "reason": reason}
    return await apply_transition(db, booking, cancelled, actor, event, detail=detail)
