"""Bookings as shown in the parties' calendars, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from services.booking.domain.model import Actor, Booking, Status
from shared.languages import Language

TENTATIVE = frozenset({Status.REQUESTED, Status.ACCEPTED, Status.PAYMENT_FAILED})
OFF = frozenset({Status.DECLINED, Status.EXPIRED, Status.CANCELLED})
FEED_NAMES: Mapping[Language, str] = {"en": "Sessions", "de": "Sitzungen", "ar": "الجلسات"}
# Without Unicode isolates around the name: calendar programs may show them. The Arabic title begins
# with an Arabic word, so that it is right-to-left as a whole.
SUMMARIES: Mapping[Language, str] = {
    "en": "Session with {name}",
    "de": "Sitzung mit {name}",
    "ar": "جلسة مع {name}",
}


def calendar_status(booking: Booking) -> str:
    """TENTATIVE until the payment is authorised, CANCELLED once the booking is off, otherwise
    CONFIRMED.
    """
    if booking.status in OFF:
        return "CANCELLED"
    return "TENTATIVE" if booking.status in TENTATIVE else "CONFIRMED"


def calendar_summary(booking: Booking, reader: Actor, language: Language) -> str:
    """The title for one of the parties: it names the other."""
    if reader is Actor.SEEKER:
        name = f"{booking.consultant_first_name} {booking.consultant_last_name}"
    else:
        name = f"{booking.seeker_first_name} {booking.seeker_last_name}"
    return SUMMARIES[language].format(name=name)
