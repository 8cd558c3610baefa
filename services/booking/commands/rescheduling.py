"""Rescheduling: one party proposes another time, the other answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.booking.commands.messages import add_message
from services.booking.commands.rules import free_slot
from services.booking.commands.transitions import ensure_not_expired, reschedule_fields
from services.booking.domain.model import Actor, Booking, Status, TimelineEntry
from services.booking.domain.policy import BookingPolicy
from services.booking.domain.rescheduling import (
    LIFECYCLE,
    MOVABLE,
    ProposalStatus,
    ProposalVerb,
    moved_to_proposal,
    open_proposal_status,
    proposal_actor,
    with_proposal,
    without_proposal,
)
from services.booking.domain.slots import Slot
from services.booking.errors import (
    InvalidTransition,
    NoProposal,
    ProposalOpen,
    SlotUnavailable,
)
from services.booking.store.bookings import entry_of, event_fields, get_for_party, save
from services.booking.store.rules import buffer_of
from services.booking.store.slots import find_slot, note_free_time, take_slot
from services.booking.store.users import lock_user
from shared.auth import User
from shared.clock import now
from shared.counts import counted
from shared.db import Transaction
from shared.events import (
    BookingEvent,
    BookingRescheduled,
    RescheduleAccepted,
    RescheduleDeclined,
    RescheduleEvent,
    RescheduleExpired,
    RescheduleProposed,
    RescheduleWithdrawn,
)
from shared.problems import FieldError, NotFound, ValidationFailed
from shared.text import is_visible


async def reschedule_booking(
    db: Transaction,
    *,
    booking_id: UUID,
    by: User,
    slot_id: UUID,
    message: str | None,
    policy: BookingPolicy,
) -> Booking:
    """Moves a seeker's own unanswered request to another free slot of the consultant; for any other
    booking, proposes that slot to the other party. Raises NotFound, InvalidTransition,
    ProposalOpen, SlotUnavailable, SeekerBusy, ValidationFailed.
    """
    booking, actor = await get_for_party(db, booking_id, by)
    _ensure_movable(booking)
    if open_proposal_status(booking, now()) is ProposalStatus.OPEN:
        raise ProposalOpen
    if booking.proposal is not None:
        booking = await expire_proposal(db, booking)
    proposed = await _with_slot(db, booking, actor, slot_id, message)
    if booking.status is Status.REQUESTED and actor is Actor.SEEKER:
        return await _move_request(db, booking, proposed, by, message, policy)
    return await _propose(db, booking, proposed, actor)


async def _with_slot(
    db: Transaction, booking: Booking, by: Actor, slot_id: UUID, message: str | None
) -> Booking:
    """The booking with a proposal of the slot, which is reserved from now on."""
    # As for every request: two overlapping ones could deadlock on the exclusion constraint, and the
    # daily limit requires one at a time.
    await lock_user(db, booking.consultant_id)
    await lock_user(db, booking.seeker_id)
    slot = await _take_slot(db, booking, slot_id)
    await note_free_time(db, booking.consultant_id)
    buffer = await buffer_of(db, booking.consultant_id)
    return with_proposal(booking, by, slot, message, now(), buffer)


async def _propose(db: Transaction, booking: Booking, proposed: Booking, by: Actor) -> Booking:
    """Leaves the answer to the other party, for whom the slot stays reserved."""
    proposal = proposed.proposal
    assert proposal is not None  # it has just been made
    event = RescheduleProposed(
        **reschedule_fields(proposed), expires_at=proposal.expires_at, message=proposal.message
    )
    return await save(db, booking, proposed, [_entry(by, event)], [event])


async def _move_request(
    db: Transaction,
    booking: Booking,
    proposed: Booking,
    by: User,
    message: str | None,
    policy: BookingPolicy,
) -> Booking:
    """Moves the request at once, and posts `message` if it has text: there is no proposal that
    could carry it.
    """
    moved = await _apply_proposal(db, booking, proposed, Actor.SEEKER, policy)
    if message is not None and is_visible(message):
        _, moved = await add_message(db, moved, by=by, author=Actor.SEEKER, body=message)
    return moved


async def answer_proposal(
    db: Transaction, *, booking_id: UUID, by: User, verb: ProposalVerb, policy: BookingPolicy
) -> Booking:
    """Accepts the proposal: the booking moves, and its former slot is free again. Or declines or
    withdraws it: everything stays as it was. Raises NotFound, NoProposal, InvalidTransition.
    """
    booking, actor = await get_for_party(db, booking_id, by)
    _ensure_answerable(booking, verb, actor)
    if verb is ProposalVerb.ACCEPT:
        _ensure_movable(booking)
        accepted = RescheduleAccepted(**reschedule_fields(booking))
        return await _apply_proposal(db, booking, booking, actor, policy, accepted)
    event: RescheduleEvent
    if verb is ProposalVerb.WITHDRAW:
        event = RescheduleWithdrawn(**reschedule_fields(booking), withdrawn_by=actor)
    else:
        event = RescheduleDeclined(**reschedule_fields(booking))
    return await _close(db, booking, actor, event)


async def expire_proposal(db: Transaction, booking: Booking) -> Booking:
    """At the deadline: closes a proposal that was not answered in time."""
    event = RescheduleExpired(**reschedule_fields(booking))
    return await _close(db, booking, Actor.SYSTEM, event)


def _ensure_movable(booking: Booking) -> None:
    if booking.status not in MOVABLE:
        raise InvalidTransition(f"The booking is {booking.status}; its time cannot be changed.")
    if now() >= booking.scheduled_start:
        raise InvalidTransition(
            f"The booking is {booking.status}, and its time has begun: it cannot be changed."
        )
    ensure_not_expired(booking)


def _ensure_answerable(booking: Booking, verb: ProposalVerb, by: Actor) -> None:
    """Raises NoProposal if there is no open proposal to which `by` can do this."""
    status = open_proposal_status(booking, now())
    if status is None or LIFECYCLE.target(status, verb, proposal_actor(booking, by)) is None:
        raise NoProposal


async def _take_slot(db: Transaction, booking: Booking, slot_id: UUID) -> Slot:
    slot = await take_slot(db, booking, slot_id)
    if slot is None:
        if await find_slot(db, booking.consultant_id, slot_id) is None:
            raise NotFound("There is no such slot.")
        raise SlotUnavailable
    length = booking.scheduled_end - booking.scheduled_start
    if slot.end_time - slot.start_time != length:
        minutes = counted(length.total_seconds() / 60, "minute")
        message = f"must be as long as the booked time, {minutes}"
        raise ValidationFailed([FieldError("slot_id", message)])
    return slot


async def _apply_proposal(
    db: Transaction,
    before: Booking,
    proposed: Booking,
    by: Actor,
    policy: BookingPolicy,
    *first: BookingEvent,
) -> Booking:
    """Moves the booking to the proposed time; its former slot is free again. The events `first`
    precede that of the move.
    """
    moved = moved_to_proposal(proposed, policy, now())
    await free_slot(db, before.consultant_id, before.slot_id)
    event = BookingRescheduled(
        **event_fields(moved),
        status=moved.status,
        rescheduled_by=by,
        previous_slot_id=before.slot_id,
        previous_start=before.scheduled_start,
        previous_end=before.scheduled_end,
        respond_by=moved.respond_by if moved.status is Status.REQUESTED else None,
    )
    detail = {
        "scheduled_start": moved.scheduled_start,
        "previous_start": before.scheduled_start,
    }
    entries = [*(_entry(by, one) for one in first), entry_of(by, event, **detail)]
    return await save(db, before, moved, entries, [*first, event])


async def _close(db: Transaction, booking: Booking, by: Actor, event: BookingEvent) -> Booking:
    assert booking.proposed_slot_id is not None  # an open proposal names its slot
    await free_slot(db, booking.consultant_id, booking.proposed_slot_id)
    return await save(db, booking, without_proposal(booking), [_entry(by, event)], [event])


def _entry(by: Actor, event: Any) -> TimelineEntry:
    return entry_of(by, event, new_start=event.new_start, new_end=event.new_end)
