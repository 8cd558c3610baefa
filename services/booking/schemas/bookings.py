"""Bookings in requests and responses. Amounts are in minor units."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from services.booking.domain import model, policy, ratings
from services.booking.domain.model import Absent, Actor, PaymentFailure, PaymentStatus, Status
from services.booking.schemas.ratings import Rating, rating_schema
from shared.fields import Paragraphs, RequestBody

Reason = Annotated[Paragraphs, msgspec.Meta(max_length=500, examples=["I am travelling that day."])]

Role = Literal["seeker", "consultant"]

RequestMessage = Annotated[
    Paragraphs,
    msgspec.Meta(max_length=2000, examples=["I would like to talk about our database costs."]),
]


class NewBooking(RequestBody, frozen=True):
    """A request for a slot, with an optional message to the consultant."""

    consultant_id: UUID
    slot_id: UUID
    message: RequestMessage | None = None


class DeclineBooking(RequestBody, frozen=True):
    """Why a booking is declined, for the seeker to read."""

    reason: Reason | None = None


class CancelBooking(RequestBody, frozen=True):
    """Why a booking is cancelled, for the other party to read."""

    reason: Reason | None = None


class NewProposal(RequestBody, frozen=True):
    """Another free slot of the consultant, of the same length."""

    slot_id: UUID
    message: RequestMessage | None = None


class Person(msgspec.Struct, frozen=True):
    """One of the two parties."""

    id: UUID
    first_name: str
    last_name: str


class Proposal(msgspec.Struct, frozen=True):
    """Another time that one party has proposed for a booking."""

    proposed_by: Actor
    slot_id: UUID
    scheduled_start: datetime
    scheduled_end: datetime
    message: str | None
    expires_at: datetime


class Booking(msgspec.Struct, frozen=True):
    """A booking as seen by its two parties. `amount` is the price, of which `commission_amount` is
    the platform's. `charged` and `earned` are null until the booking is over and its payment
    settled: `charged` is what the seeker has paid, less refunds (0 if nothing was charged or all of
    it was refunded); `earned` is the consultant's share of that, which is null for the seeker.
    """

    id: UUID
    seeker: Person
    consultant: Person
    slot_id: UUID
    status: Status
    message: str | None
    scheduled_start: datetime
    scheduled_end: datetime
    session_start_time: datetime | None
    session_end_time: datetime | None
    duration_seconds: int | None
    joint_seconds: int | None
    absent: Absent | None
    amount: int
    currency: str
    commission_amount: int
    charged: int | None
    earned: int | None
    payment_intent_id: str | None
    payment_status: PaymentStatus
    payment_failure: PaymentFailure | None
    payment_deadline: datetime | None
    respond_by: datetime
    session_url: str | None
    reschedule: Proposal | None
    unread_messages: int
    rating: Rating | None
    created_at: datetime
    updated_at: datetime


def booking_schema(
    booking: model.Booking,
    reader: Actor,
    session_page: str,
    rating: ratings.Rating | None = None,
) -> Booking:
    """A booking as seen by its party `reader`. `session_page` is the address of sessions, with a
    placeholder `{room}` or `{id}`.
    """
    return Booking(
        id=booking.id,
        seeker=Person(booking.seeker_id, booking.seeker_first_name, booking.seeker_last_name),
        consultant=Person(
            booking.consultant_id, booking.consultant_first_name, booking.consultant_last_name
        ),
        slot_id=booking.slot_id,
        status=booking.status,
        message=booking.message,
        scheduled_start=booking.scheduled_start,
        scheduled_end=booking.scheduled_end,
        session_start_time=booking.session_start_time,
        session_end_time=booking.session_end_time,
        duration_seconds=booking.duration_seconds,
        joint_seconds=booking.joint_seconds,
        absent=booking.absent,
        amount=booking.amount,
        currency=booking.currency,
        commission_amount=booking.commission_amount,
        charged=policy.charged(booking),
        earned=policy.earned(booking) if reader is Actor.CONSULTANT else None,
        payment_intent_id=booking.payment_intent_id,
        payment_status=booking.payment_status,
        payment_failure=booking.payment_failure,
        payment_deadline=booking.payment_deadline,
        respond_by=booking.answer_by,
        session_url=_session_url(booking, session_page),
        reschedule=None if booking.proposal is None else proposal_schema(booking.proposal),
        unread_messages=booking.unread_by(reader),
        rating=None if rating is None else rating_schema(rating),
        created_at=booking.created_at,
        updated_at=booking.updated_at,
    )


def proposal_schema(proposal: model.Proposal) -> Proposal:
    """A proposal as a response."""
    return Proposal(
        proposed_by=proposal.proposed_by,
        slot_id=proposal.slot_id,
        scheduled_start=proposal.scheduled_start,
        scheduled_end=proposal.scheduled_end,
        message=proposal.message,
        expires_at=proposal.expires_at,
    )


def _session_url(booking: model.Booking, session_page: str) -> str | None:
    if booking.status not in model.WITH_SESSION:
        return None
    return session_page.replace("{room}", booking.room or "").replace("{id}", str(booking.id))


class TimelineEntry(msgspec.Struct, frozen=True):
    """An entry of a booking's timeline. `event` is noun.past_verb; `detail` has a few details."""

    at: datetime
    actor: Actor
    event: str
    detail: dict[str, Any]


def timeline_entry_schema(entry: model.TimelineEntry) -> TimelineEntry:
    """A timeline entry as a response."""
    assert entry.at is not None  # every stored entry has its time
    return TimelineEntry(entry.at, entry.actor, entry.event, dict(entry.detail))


class Cancellation(msgspec.Struct, frozen=True):
    """The consequences of cancelling: `fee` is what the seeker owes, `returned` how much of the
    hold is released, `payout` the consultant's part of the fee.
    """

    can_cancel: bool
    fee: int
    returned: int
    currency: str
    free_until: datetime | None
    policy: str
    payout: int = 0


def cancellation_schema(cancellation: model.Cancellation) -> Cancellation:
    """The consequences as a response."""
    return Cancellation(
        can_cancel=cancellation.can_cancel,
        fee=cancellation.fee,
        returned=cancellation.returned,
        currency=cancellation.currency,
        free_until=cancellation.free_until,
        policy=cancellation.policy,
        payout=cancellation.payout,
    )
