"""Bookings as the parties' own calendar programs show them, in the reader's language. The other
direction, what consultants' calendars say about their time, is `busy_calendars`.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.booking.domain.model import Actor, Booking, Status
from shared.languages import Language

TENTATIVE = frozenset({Status.REQUESTED, Status.ACCEPTED, Status.PAYMENT_FAILED})
OFF = frozenset({Status.DECLINED, Status.EXPIRED, Status.CANCELLED})
FEED_NAMES: Mapping[Language, str] = {"en": "Sessions", "de": "Sitzungen", "ar": "الجلسات"}


def calendar_status(booking: Booking) -> str:
    """TENTATIVE until the payment is authorised, CANCELLED once the booking is off, otherwise
    CONFIRMED.
    """
    if booking.status in OFF:
        return "CANCELLED"
    return "TENTATIVE" if booking.status in TENTATIVE else "CONFIRMED"


def name_of_other(booking: Booking, reader: Actor) -> str:
    """The full name of the reader's counterpart."""
    if reader is Actor.SEEKER:
        return f"{booking.consultant_first_name} {booking.consultant_last_name}"
    return f"{booking.seeker_first_name} {booking.seeker_last_name}"
