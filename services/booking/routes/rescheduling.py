"""/bookings/{id}/reschedule: propose another time, and answer"""

from uuid import UUID

from litestar.params import FromPath, JSONBody

from services.booking.commands.rescheduling import answer_proposal, reschedule_booking
from services.booking.domain.rescheduling import ProposalVerb
from services.booking.errors import NoProposal, ProposalOpen, SeekerBusy, SlotUnavailable
from services.booking.routes.actions import booking_action
from services.booking.routes.dependencies import FreeTime, Settings, View
from services.booking.schemas.bookings import Booking, NewProposal
from shared.auth import signed_in
from shared.dependencies import AuthenticatedRequest, Db


@booking_action(
    "/bookings/{booking_id:uuid}/reschedule",
    signed_in,
    summary="Propose another time",
    tag="rescheduling",
    status_code=202,
    refusals=(ProposalOpen, SlotUnavailable, SeekerBusy),
)
async def propose(
    request: AuthenticatedRequest,
    db: Db,
    settings: Settings,
    free_time: FreeTime,
    view: View,
    booking_id: FromPath[UUID],
    data: JSONBody[NewProposal],
) -> Booking:
    """A free slot of the same consultant and length, while the booking is requested, accepted or
    confirmed. The slot is reserved until the other party has answered, for 24 hours or until the
    earlier of the two starts. A request to which its consultant proposes a slot does not expire
    before that: `respond_by` is later while the proposal is open. A request that its own seeker
    moves needs no answer: it moves at once, `respond_by` is set anew, and `message` is posted to
    the booking's messages.
    """
    booking = await reschedule_booking(
        db,
        booking_id=booking_id,
        by=request.user,
        slot_id=data.slot_id,
        message=data.message,
        policy=settings.policy,
    )
    db.after_commit(free_time.wake)
    return view(booking)


@booking_action(
    "/bookings/{booking_id:uuid}/reschedule/accept",
    signed_in,
    summary="Accept the proposed time",
    tag="rescheduling",
    refusals=(NoProposal,),
)
async def accept_proposal(
    request: AuthenticatedRequest,
    db: Db,
    settings: Settings,
    free_time: FreeTime,
    view: View,
    booking_id: FromPath[UUID],
) -> Booking:
    """The booking moves; price, commission and payment do not change. Its former slot is free
    again.
    """
    return await _answer(ProposalVerb.ACCEPT, request, db, settings, free_time, view, booking_id)


@booking_action(
    "/bookings/{booking_id:uuid}/reschedule/decline",
    signed_in,
    summary="Decline the proposed time",
    tag="rescheduling",
    refusals=(NoProposal,),
)
async def decline_proposal(
    request: AuthenticatedRequest,
    db: Db,
    settings: Settings,
    free_time: FreeTime,
    view: View,
    booking_id: FromPath[UUID],
) -> Booking:
    """The booking keeps its time."""
    return await _answer(ProposalVerb.DECLINE, request, db, settings, free_time, view, booking_id)


@booking_action(
    "/bookings/{booking_id:uuid}/reschedule/withdraw",
    signed_in,
    summary="Withdraw my proposal",
    tag="rescheduling",
    refusals=(NoProposal,),
)
async def withdraw_proposal(
    request: AuthenticatedRequest,
    db: Db,
    settings: Settings,
    free_time: FreeTime,
    view: View,
    booking_id: FromPath[UUID],
) -> Booking:
    """The booking keeps its time."""
    return await _answer(ProposalVerb.WITHDRAW, request, db, settings, free_time, view, booking_id)


async def _answer(
    verb: ProposalVerb,
    request: AuthenticatedRequest,
    db: Db,
    settings: Settings,
    free_time: FreeTime,
    view: View,
    booking_id: UUID,
) -> Booking:
    """The caller's answer to the booking's proposal. A slot becomes free by each: the former one or
    the proposed one.
    """
    booking = await answer_proposal(
        db, booking_id=booking_id, by=request.user, verb=verb, policy=settings.policy
    )
    db.after_commit(free_time.wake)
    return view(booking)


HANDLERS = (propose, accept_proposal, decline_proposal, withdraw_proposal)
