"""Commands for a payment that is not authorised. What payments reports is in reactions.py."""

from uuid import UUID

from services.booking.commands.rules import free_slot
from services.booking.commands.transitions import advance, transition
from services.booking.domain.lifecycle import Verb
from services.booking.domain.model import Actor, Booking, PaymentStatus, Status, TimelineEntry
from services.booking.errors import InvalidTransition
from services.booking.store.bookings import event_fields, get_for_party, save
from shared.auth import User
from shared.clock import now
from shared.db import Transaction
from shared.events import BookingAccepted, BookingCancelled

LAPSE_REASONS = {
    Status.PAYMENT_FAILED: "The payment was not fixed in time.",
    Status.ACCEPTED: "The payment was not confirmed before the start.",
}


async def retry_payment(db: Transaction, *, booking_id: UUID, by: User) -> Booking:
    """Retries the payment with the seeker's saved card. Raises NotFound, InvalidTransition."""
    booking, actor = await get_for_party(db, booking_id, by)
    status = advance(booking, Verb.RETRY_PAYMENT, actor)
    if booking.payment_deadline is not None and now() > booking.payment_deadline:
        raise InvalidTransition(
            f"The booking is {booking.status}, and the deadline for its payment has passed."
        )
    retried = booking.changed(
        status=status,
        payment_status=PaymentStatus.AUTHORIZING,
        payment_attempt=booking.payment_attempt + 1,
        payment_failure=None,
        payment_deadline=None,
    )
    # Payments receives the same event as the first time, with the next attempt number.
    again = BookingAccepted(
        **event_fields(retried),
        commission_amount=retried.commission_amount,
        attempt=retried.payment_attempt,
    )
    entry = TimelineEntry(actor, "payment.retried", {"attempt": retried.payment_attempt})
    return await save(db, booking, retried, [entry], [again])


async def lapse_booking(db: Transaction, booking: Booking) -> None:
    """At the deadline: cancels a booking whose payment was not authorised in time; the slot is free
    again.
    """
    reason = LAPSE_REASONS[booking.status]
    lapsed = booking.changed(
        status=advance(booking, Verb.LAPSE, Actor.SYSTEM),
        cancelled_by=Actor.SYSTEM,
        cancellation_fee=0,
        reason=reason,
        payment_deadline=None,
    )
    await free_slot(db, booking.consultant_id, booking.slot_id)
    event = BookingCancelled(
        **event_fields(lapsed), cancelled_by=Actor.SYSTEM, fee=0, reason=reason
    )
    await transition(db, booking, lapsed, Actor.SYSTEM, event, detail={"reason": reason})
