"""/bookings/{id}/reschedule: propose another time, and answer"""

from uuid import UUID

from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from services.booking.commands.rescheduling import answer_proposal, reschedule_booking
from services.booking.domain.rescheduling import ProposalVerb
from services.booking.errors import NoProposal, ProposalOpen, SeekerBusy, SlotUnavailable
from services.booking.routes.dependencies import FreeTime, Settings, View
from services.booking.routes.transitions import transition
from services.booking.schemas.bookings import Booking, NewProposal
from shared.auth import signed_in
from shared.dependencies import AuthenticatedRequest, Db


@transition(
    "reschedule",
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


def answer(verb: ProposalVerb, summary: str, description: str) -> HTTPRouteHandler:
    """The handler of `POST /bookings/{booking_id}/reschedule/{verb}`."""

    async def handler(
        request: AuthenticatedRequest,
        db: Db,
        settings: Settings,
        free_time: FreeTime,
        view: View,
        booking_id: FromPath[UUID],
    ) -> Booking:
        booking = await answer_proposal(
            db, booking_id=booking_id, by=request.user, verb=verb, policy=settings.policy
        )
        db.after_commit(free_time.wake)
        return view(booking)

    handler.__name__, handler.__doc__ = f"{verb}_proposal", description
    path, refusals = f"reschedule/{verb}", (NoProposal,)
    return transition(path, signed_in, summary=summary, tag="rescheduling", refusals=refusals)(
        handler
    )


AGREED = (
    "The booking moves; price, commission and payment do not change. Its former slot is free again."
)
AS_BEFORE = "The booking keeps its time."

HANDLERS = (
    propose,
    answer(ProposalVerb.ACCEPT, "Accept the proposed time", AGREED),
    answer(ProposalVerb.DECLINE, "Decline the proposed time", AS_BEFORE),
    answer(ProposalVerb.WITHDRAW, "Withdraw my proposal", AS_BEFORE),
)
