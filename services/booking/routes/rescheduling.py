"""/bookings/{id}/reschedule: another time, proposed and answered"""

from typing import Any
from uuid import UUID

from litestar import Request

from services.booking.commands.rescheduling import (
    accept_time,
    decline_time,
    propose_time,
    withdraw_time,
)
from services.booking.errors import NoProposal, ProposalOpen, SeekerBusy, SlotUnavailable
from services.booking.routes.dependencies import FreeTime, Settings, View
from services.booking.routes.transitions import transition
from services.booking.schemas import Booking, NewProposal
from shared.auth import signed_in
from shared.db import after_commit
from shared.service import Db, FromPath, JSONBody


@transition(
    "reschedule",
    signed_in,
    summary="Propose another time",
    tag="rescheduling",
    status_code=202,
    refusals=(ProposalOpen, SlotUnavailable, SeekerBusy),
)
async def propose(
    request: Request[Any, Any, Any],
    db: Db,
    settings: Settings,
    free_time: FreeTime,
    view: View,
    booking_id: FromPath[UUID],
    data: JSONBody[NewProposal],
) -> Booking:
    """A free slot of the same consultant, of the same length, while the booking is requested,
    accepted or confirmed. It is held until the other party has answered, for 24 hours or until the
    nearer of the two starts. A request that its seeker moves needs no answer of its own: it moves
    at once.
    """
    booking = await propose_time(
        db,
        booking_id=booking_id,
        by=request.user,
        slot_id=data.slot_id,
        message=data.message,
        policy=settings.policy,
    )
    after_commit(db, free_time.wake)
    return view(booking)


@transition(
    "reschedule/accept",
    signed_in,
    summary="Agree to the proposed time",
    tag="rescheduling",
    refusals=(NoProposal,),
)
async def accept_proposal(
    request: Request[Any, Any, Any],
    db: Db,
    settings: Settings,
    free_time: FreeTime,
    view: View,
    booking_id: FromPath[UUID],
) -> Booking:
    """The booking moves; price, commission and payment stay. Its former slot is free again."""
    booking = await accept_time(db, booking_id=booking_id, by=request.user, policy=settings.policy)
    after_commit(db, free_time.wake)
    return view(booking)


@transition(
    "reschedule/decline",
    signed_in,
    summary="Keep to the agreed time",
    tag="rescheduling",
    refusals=(NoProposal,),
)
async def decline_proposal(
    request: Request[Any, Any, Any],
    db: Db,
    free_time: FreeTime,
    view: View,
    booking_id: FromPath[UUID],
) -> Booking:
    """Everything stays as it was."""
    booking = await decline_time(db, booking_id=booking_id, by=request.user)
    after_commit(db, free_time.wake)
    return view(booking)


@transition(
    "reschedule/withdraw",
    signed_in,
    summary="Take my proposal back",
    tag="rescheduling",
    refusals=(NoProposal,),
)
async def withdraw_proposal(
    request: Request[Any, Any, Any],
    db: Db,
    free_time: FreeTime,
    view: View,
    booking_id: FromPath[UUID],
) -> Booking:
    """Everything stays as it was."""
    booking = await withdraw_time(db, booking_id=booking_id, by=request.user)
    after_commit(db, free_time.wake)
    return view(booking)


HANDLERS = (propose, accept_proposal, decline_proposal, withdraw_proposal)
