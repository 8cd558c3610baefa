"""Bookings as their parties' calendars show them."""

from __future__ import annotations

from services.booking.domain.model import Actor, Booking, Status

TENTATIVE = frozenset({Status.REQUESTED, Status.ACCEPTED, Status.PAYMENT_FAILED})
OFF = frozenset({Status.DECLINED, Status.EXPIRED, Status.CANCELLED})


def calendar_status(booking: Booking) -> str:
    """TENTATIVE until the money is held, CANCELLED when it is off, else CONFIRMED."""
    if booking.status in OFF:
        return "CANCELLED"
    return "TENTATIVE" if booking.status in TENTATIVE else "CONFIRMED"


def calendar_summary(booking: Booking, reader: Actor) -> str:
    """The title for one of the parties: it names the other."""
    if reader is Actor.SEEKER:
        return f"Session with {booking.consultant_first_name} {booking.consultant_last_name}"
    return f"Session with {booking.seeker_first_name} {booking.seeker_last_name}"
