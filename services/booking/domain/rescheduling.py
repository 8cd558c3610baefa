"""Moving a booking to another time: the life of a proposal as data, and what it does. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec.structs import replace

from services.booking.domain.model import Actor, Booking, Status
from services.booking.domain.policy import BookingPolicy, respond_by
from services.booking.domain.slots import Slot
from shared.lifecycle import Lifecycle, Transition

ANSWER_WITHIN = timedelta(hours=24)
# In these the time of a booking can be changed.
MOVABLE = frozenset({Status.REQUESTED, Status.ACCEPTED, Status.CONFIRMED})
# In these an open proposal stays open.
KEEPS_PROPOSAL = MOVABLE | {Status.PAYMENT_FAILED}


class ProposalStatus(StrEnum):
    """Where a proposal stands. Only the open one is kept, on its booking; how it ended is on the
    timeline.
    """

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class ProposalVerb(StrEnum):
    """What is done to a proposal."""

    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


class ProposalActor(StrEnum):
    """Who acts: who proposed, the other party, or the system."""

    PROPOSER = "proposer"
    OTHER = "other"
    SYSTEM = "system"


_proposer, _other = (ProposalActor.PROPOSER,), (ProposalActor.OTHER,)
_system, _open = (ProposalActor.SYSTEM,), ProposalStatus.OPEN

TRANSITIONS: tuple[Transition[ProposalStatus, ProposalVerb, ProposalActor], ...] = (
    # The other party agrees: the booking moves, and its former slot is free again.
    Transition(ProposalVerb.ACCEPT, _open, ProposalStatus.ACCEPTED, _other),
    # The other party keeps to the agreed time; others may have the proposed slot.
    Transition(ProposalVerb.DECLINE, _open, ProposalStatus.DECLINED, _other),
    # The proposer takes it back.
    Transition(ProposalVerb.WITHDRAW, _open, ProposalStatus.WITHDRAWN, _proposer),
    # The booking has ended, or its session begun, while the proposal was open.
    Transition(ProposalVerb.WITHDRAW, _open, ProposalStatus.WITHDRAWN, _system),
    # Not answered for a day, or until the nearer of the two starts.
    Transition(ProposalVerb.EXPIRE, _open, ProposalStatus.EXPIRED, _system),
)
LIFECYCLE = Lifecycle(TRANSITIONS)


def proposal_actor(booking: Booking, by: Actor) -> ProposalActor:
    """Which part `by` has in the booking's open proposal."""
    if by is Actor.SYSTEM:
        return ProposalActor.SYSTEM
    return ProposalActor.PROPOSER if by is booking.proposed_by else ProposalActor.OTHER


def open_proposal_status(booking: Booking, at: datetime) -> ProposalStatus | None:
    """The status of the booking's proposal `at`; None where none is open. One that was not
    answered in time is over, whenever the sweep gets round to it.
    """
    expires_at = booking.proposal_expires_at
    return None if expires_at is None or at >= expires_at else ProposalStatus.OPEN


def with_proposal(
    booking: Booking,
    by: Actor,
    slot: Slot,
    message: str | None,
    at: datetime,
    buffer: timedelta,
) -> Booking:
    """The booking with a proposal of `slot` and the pause after it, made `at` by one of its
    parties.
    """
    return replace(
        booking,
        proposed_by=by,
        proposed_slot_id=slot.id,
        proposed_start=slot.start_time,
        proposed_end=slot.end_time,
        proposed_blocked_until=slot.end_time + buffer,
        proposal_message=message,
        proposal_expires_at=min(at + ANSWER_WITHIN, booking.scheduled_start, slot.start_time),
    )


def without_proposal(booking: Booking) -> Booking:
    """The booking, its proposal closed."""
    return replace(
        booking,
        proposed_by=None,
        proposed_slot_id=None,
        proposed_start=None,
        proposed_end=None,
        proposed_blocked_until=None,
        proposal_message=None,
        proposal_expires_at=None,
    )


def moved_to_proposal(booking: Booking, policy: BookingPolicy, at: datetime) -> Booking:
    """The booking at the proposed time. Its status, price and payment stay; a request that has not
    been answered gets a new deadline.
    """
    proposal = booking.proposal
    assert proposal is not None  # only an open proposal moves a booking
    answer_by = booking.respond_by
    if booking.status is Status.REQUESTED:
        answer_by = respond_by(at, proposal.scheduled_start, policy)
    return without_proposal(booking).changed(
        slot_id=proposal.slot_id,
        scheduled_start=proposal.scheduled_start,
        scheduled_end=proposal.scheduled_end,
        blocked_until=booking.proposed_blocked_until,
        respond_by=answer_by,
    )
