"""Rescheduling: the lifecycle of a proposal as data, and its effects on the booking. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec.structs import replace

from services.booking.domain.model import Actor, Booking, Status
from services.booking.domain.policy import BookingPolicy, respond_by
from services.booking.domain.slots import Slot
from shared.lifecycle import Lifecycle, Transition

ANSWER_WITHIN = timedelta(hours=24)
# Statuses in which the time of a booking can be changed.
MOVABLE = frozenset({Status.REQUESTED, Status.ACCEPTED, Status.CONFIRMED})
# Statuses in which an open proposal stays open.
KEEPS_PROPOSAL = MOVABLE | {Status.PAYMENT_FAILED}


class ProposalStatus(StrEnum):
    """The status of a proposal. Only an open one is stored, in its booking; how it ended is
    recorded on the timeline.
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
    # The other party accepts: the booking moves, and its former slot is free again.
    Transition(ProposalVerb.ACCEPT, _open, ProposalStatus.ACCEPTED, _other),
    # The other party declines; the proposed slot is free again.
    Transition(ProposalVerb.DECLINE, _open, ProposalStatus.DECLINED, _other),
    # The proposer withdraws it.
    Transition(ProposalVerb.WITHDRAW, _open, ProposalStatus.WITHDRAWN, _proposer),
    # The booking has ended, or its session begun, while the proposal was open.
    Transition(ProposalVerb.WITHDRAW, _open, ProposalStatus.WITHDRAWN, _system),
    # Not answered for a day, or until the nearer of the two starts.
    Transition(ProposalVerb.EXPIRE, _open, ProposalStatus.EXPIRED, _system),
)
LIFECYCLE = Lifecycle(TRANSITIONS)


def proposal_actor(booking: Booking, by: Actor) -> ProposalActor:
    """The role of `by` in the booking's open proposal."""
    if by is Actor.SYSTEM:
        return ProposalActor.SYSTEM
    return ProposalActor.PROPOSER if by is booking.proposed_by else ProposalActor.OTHER


def open_proposal_status(booking: Booking, at: datetime) -> ProposalStatus | None:
    """The status of the booking's proposal at `at`; None if none is open. One that was not answered
    in time has expired, even if the sweep has not run yet.
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
    """The booking with a proposal of `slot` and the buffer after it, made at `at` by one of its
    parties.
    """
    expires_at = min(at + ANSWER_WITHIN, booking.scheduled_start, slot.start_time)
    return replace(
        booking,
        proposed_by=by,
        proposed_slot_id=slot.id,
        proposed_start=slot.start_time,
        proposed_end=slot.end_time,
        proposed_blocked_until=slot.end_time + buffer,
        proposal_message=message,
        proposal_expires_at=expires_at,
    )


def without_proposal(booking: Booking) -> Booking:
    """The booking without its proposal."""
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
