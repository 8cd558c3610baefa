"""What payments keeps of a booking's own state, in whatever order it hears of it."""

from __future__ import annotations

from services.payments.tests.actors import Booking, Payments
from shared.events import BookingConfirmed, SessionStarted


async def test_confirmed_and_started_are_kept_and_no_step_back(
    payments: Payments, booking: Booking
) -> None:
    confirmed = BookingConfirmed(**booking.fields)
    started = SessionStarted(**booking.fields, session_start_time=booking.start)
    await booking.deliver(booking.accepted())
    for event, status in (
        (confirmed, "confirmed"),
        (started, "in_progress"),
        (confirmed, "in_progress"),
    ):
        await booking.deliver(event)
        assert (await payments.payment(booking.id))["booking_status"] == status
