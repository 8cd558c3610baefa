"""Transitions of a booking's status: whether they are allowed, and what they have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.booking.commands.rules import free_slot
from services.booking.domain.lifecycle import LIFECYCLE, PAST_TENSE, Verb
from services.booking.domain.model import Actor, Booking, Status
from services.booking.domain.policy import expiry_of
from services.booking.domain.rescheduling import KEEPS_PROPOSAL, without_proposal
from services.booking.errors import InvalidTransition
from services.booking.store import bookings as store
from shared.clock import now
from shared.db import Transaction
from shared.events import BookingEvent, RescheduleWithdrawn
from shared.lifecycle import TransitionRefused


def advance(booking: Booking, verb: Verb, by: Actor) -> Status:
    """The status to which `verb` by `by` leads. Raises InvalidTransition, with the current status
    in its detail.
    """
    try:
        return LIFECYCLE.advance(booking.status, verb, by)
    except TransitionRefused:
        raise InvalidTransition(
            f"The booking is {booking.status}; it cannot be {PAST_TENSE[verb]} by the {by}."
        ) from None


def ensure_not_expired(booking: Booking) -> None:
    """Raises InvalidTransition for a request that was not answered in time, even if the sweep has
    not run yet.
    """
    expiry = expiry_of(booking, now())
    if expiry is not None:
        raise InvalidTransition(expiry)


async def transition(
    db: Transaction,
    before: Booking,
    after: Booking,
    by: Actor,
    event: BookingEvent,
    *,
    detail: Mapping[str, Any] | None = None,
) -> Booking:
    """Writes the change of the booking from `before` to `after` by `by`, and emits `event`. An open
    proposal is withdrawn if the booking can no longer move.
    """
    if before.proposed_slot_id is None or after.status in KEEPS_PROPOSAL:
        return await store.apply_transition(db, before, after, by, event, detail=detail)
    await free_slot(db, before.consultant_id, before.proposed_slot_id)
    withdrawn = RescheduleWithdrawn(**reschedule_fields(before), withdrawn_by=Actor.SYSTEM)
    after = without_proposal(after)
    return await store.apply_transition(db, before, after, by, event, withdrawn, detail=detail)


def reschedule_fields(booking: Booking) -> dict[str, Any]:
    """The fields common to all events about the booking's open proposal."""
    return {
        **store.event_fields(booking),
        "proposed_by": booking.proposed_by,
        "new_slot_id": booking.proposed_slot_id,
        "new_start": booking.proposed_start,
        "new_end": booking.proposed_end,
    }
