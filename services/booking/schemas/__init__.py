"""What clients send and get. Instants in UTC, amounts in minor units."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from services.booking.domain import model, policy
from services.booking.domain.calendar import calendar_status, calendar_summary
from services.booking.domain.call import IceServer
from services.booking.domain.model import (
    Absent,
    Actor,
    Cancellation,
    Message,
    PaymentFailure,
    PaymentStatus,
    Proposal,
    Rating,
    Reply,
    Slot,
    Status,
)
from services.booking.domain.presence import Heartbeat, Presence, Window
from shared.fields import Instant, Paragraphs
from shared.icalendars import Entry

Reason = Annotated[Paragraphs, msgspec.Meta(max_length=500, examples=["I am travelling that day."])]
Role = Literal["seeker", "consultant"]
RequestMessage = Annotated[
    Paragraphs,
    msgspec.Meta(max_length=2000, examples=["I would like to talk about our database costs."]),
]
MessageBody = Annotated[
    Paragraphs,
    msgspec.Meta(min_length=1, max_length=4000, examples=["I have attached the plans above."]),
]
ReplyBody = Annotated[
    Paragraphs, msgspec.Meta(min_length=1, max_length=1000, examples=["Thank you, Ada."])
]
Comment = Annotated[
    Paragraphs, msgspec.Meta(max_length=2000, examples=["Clear, kind, and to the point."])
]


__all__ = ["Cancellation", "Message", "Rating", "Reply", "Slot"]


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request's body."""


class SlotTimes(Request, frozen=True):
    """A time that a consultant offers: `start_time` inclusive, `end_time` exclusive."""

    start_time: datetime
    end_time: datetime


class NewSlots(Request, frozen=True):
    slots: Annotated[list[SlotTimes], msgspec.Meta(min_length=1, max_length=200)]


class NewBooking(Request, frozen=True):
    """A request for a slot, with a word to the consultant."""

    consultant_id: UUID
    slot_id: UUID
    message: RequestMessage | None = None


class Refusal(Request, frozen=True):
    """Why a booking is declined or called off; the other side reads it."""

    reason: Reason | None = None


class NewRating(Request, frozen=True):
    score: Annotated[int, msgspec.Meta(ge=1, le=5)]
    comment: Comment | None = None


class NewWaitlistEntry(Request, frozen=True, rename={"from_": "from"}):
    """The time for which a seeker waits: slots that lie within it."""

    from_: Instant
    to: Instant


class NewProposal(Request, frozen=True):
    """Another free slot of the consultant, of the same length."""

    slot_id: UUID
    message: RequestMessage | None = None


class NewReply(Request, frozen=True):
    body: ReplyBody


class NewMessage(Request, frozen=True):
    body: MessageBody


class ReadMessages(Request, frozen=True):
    """The last message that was read."""

    up_to: UUID


class NewPresence(Request, frozen=True):
    state: Heartbeat


class NewSignal(Request, frozen=True):
    """What WebRTC's negotiation says, passed on as it is."""

    data: dict[str, Any]


class Slots(msgspec.Struct, frozen=True):
    items: list[Slot]


class Person(msgspec.Struct, frozen=True):
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


class TimelineEntry(msgspec.Struct, frozen=True):
    """One thing that happened to a booking. `event` is noun.past_verb; `detail` holds a few facts
    about it.
    """

    at: datetime
    actor: Actor
    event: str
    detail: dict[str, Any]


class WaitlistEntry(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """For which time I wait; `told_at` is when I last heard of a free one."""

    id: UUID
    consultant_id: UUID
    from_: datetime
    to: datetime
    created_at: datetime
    told_at: datetime | None


def waitlist_schema(entry: model.WaitlistEntry) -> WaitlistEntry:
    """An entry as its seeker sees it."""
    return WaitlistEntry(
        id=entry.id,
        consultant_id=entry.consultant_id,
        from_=entry.from_time,
        to=entry.to_time,
        created_at=entry.created_at,
        told_at=entry.told_at,
    )


class PartyPresence(msgspec.Struct, frozen=True):
    """Whether a party is in the session, and for how many seconds it has been."""

    present: bool
    seconds: int


class SessionPresence(msgspec.Struct, frozen=True):
    """Who is in the session. `joint_seconds` counts while it is in progress."""

    seeker: PartyPresence
    consultant: PartyPresence
    joint_seconds: int
    since: datetime | None


class Call(msgspec.Struct, frozen=True):
    """What a browser needs to join the call; `ice_servers` is what RTCPeerConnection takes."""

    room: str
    ice_servers: list[IceServer]
    ice_transport_policy: Literal["all", "relay"]
    expires_at: datetime


def presence_schema(presence: Presence | None, at: datetime, window: Window) -> SessionPresence:
    """The presence as it is `at`."""
    if presence is None:
        nobody = PartyPresence(present=False, seconds=0)
        return SessionPresence(nobody, nobody, 0, None)
    seeker, consultant = (
        PartyPresence(present=party.is_present(at), seconds=party.seconds(at))
        for party in (presence.seeker, presence.consultant)
    )
    joint = presence.joint_seconds(at, window)
    return SessionPresence(seeker, consultant, joint, presence.joint_since(at, window))


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


def entry_schema(entry: model.TimelineEntry) -> TimelineEntry:
    """A timeline entry as clients see it."""
    assert entry.at is not None  # every stored entry has its time
    return TimelineEntry(entry.at, entry.actor, entry.event, dict(entry.detail))


def _session_url(booking: model.Booking, session_page: str) -> str | None:
    if booking.status not in model.WITH_SESSION:
        return None
    return session_page.replace("{room}", booking.room or "").replace("{id}", str(booking.id))


class CalendarFeed(msgspec.Struct, frozen=True):
    """Where calendar programs read my bookings."""

    url: str


def calendar_entry(booking: model.Booking, reader: UUID, public_url: str) -> Entry:
    """A booking as one of its parties' calendar shows it."""
    role = booking.role_of(reader)
    assert role is not None, "readers of a calendar are parties of its bookings"
    return Entry(
        booking_id=booking.id,
        start=booking.scheduled_start,
        end=booking.scheduled_end,
        sequence=booking.calendar_sequence,
        status=calendar_status(booking),
        summary=calendar_summary(booking, role),
        url=f"{public_url.rstrip('/')}/bookings/{booking.id}",
        description=booking.message,
        created_at=booking.created_at,
        changed_at=booking.updated_at,
    )
