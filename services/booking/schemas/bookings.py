"""Bookings as clients send and get them. Amounts are in minor units."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from services.booking.domain import model, policy
from services.booking.domain.model import (
    Absent,
    Actor,
    PaymentFailure,
    PaymentStatus,
    Proposal,
    Status,
)
from services.booking.domain.ratings import Rating
from services.booking.schemas import Request
from shared.fields import Paragraphs

Reason = Annotated[Paragraphs, msgspec.Meta(max_length=500, examples=["I am travelling that day."])]

Role = Literal["seeker", "consultant"]

RequestMessage = Annotated[
    Paragraphs,
    msgspec.Meta(max_length=2000, examples=["I would like to talk about our database costs."]),
]


class NewBooking(Request, frozen=True):
    """A request for a slot, with a word to the consultant."""

    consultant_id: UUID
    slot_id: UUID
    message: RequestMessage | None = None


class Refusal(Request, frozen=True):
    """Why a booking is declined or called off; the other side reads it."""

    reason: Reason | None = None


class NewProposal(Request, frozen=True):
    """Another free slot of the consultant, of the same length."""

    slot_id: UUID
    message: RequestMessage | None = None


class Person(msgspec.Struct, frozen=True):
    """One of the two parties."""

    id: UUID
    first_name: str
    last_name: str


class Booking(msgspec.Struct, frozen=True):
    """A booking as its two parties see it. `amount` is the price, of which `commission_amount` is
    the platform's. What became of it is said once the booking is over and its payment settled, null
    until then: `charged` is what the seeker has paid and not got back (0 where nothing was taken:
    declined, expired, free of charge, all of it returned), `earned` the consultant's part of that,
    which the seeker is not told (null).
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
    booking: model.Booking, reader: Actor, session_page: str, rating: Rating | None = None
) -> Booking:
    """A booking as its party `reader` sees it. `session_page` is the address of sessions, with
    `{room}` or `{id}` for the booking's.
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
        respond_by=booking.respond_by,
        session_url=_session_url(booking, session_page),
        reschedule=booking.proposal,
        unread_messages=booking.unread_by(reader),
        rating=rating,
        created_at=booking.created_at,
        updated_at=booking.updated_at,
    )


def _session_url(booking: model.Booking, session_page: str) -> str | None:
    if booking.status not in model.WITH_SESSION:
        return None
    return session_page.replace("{room}", booking.room or "").replace("{id}", str(booking.id))


class TimelineEntry(msgspec.Struct, frozen=True):
    """One thing that happened to a booking. `event` is noun.past_verb; `detail` holds a few facts
    about it.
    """

    at: datetime
    actor: Actor
    event: str
    detail: dict[str, Any]


def entry_schema(entry: model.TimelineEntry) -> TimelineEntry:
    """A timeline entry as clients see it."""
    assert entry.at is not None  # every stored entry has its time
    return TimelineEntry(entry.at, entry.actor, entry.event, dict(entry.detail))
