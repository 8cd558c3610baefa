"""The lifecycle's answer, for those who asked for a transition."""

from __future__ import annotations

from services.booking.domain.lifecycle import LIFECYCLE, PAST_TENSE, Verb
from services.booking.domain.model import Actor, Booking, Status
from services.booking.errors import InvalidTransition
from shared.lifecycle import TransitionRefused


def advance(booking: Booking, verb: Verb, by: Actor) -> Status:
    """Where `verb` by `by` takes the booking. Raises InvalidTransition, the current status in its
    detail.
    """
    try:
        return LIFECYCLE.advance(booking.status, verb, by)
    except TransitionRefused:
        raise InvalidTransition(
            f"The booking is {booking.status}; it cannot be {PAST_TENSE[verb]} by the {by}."
        ) from None
