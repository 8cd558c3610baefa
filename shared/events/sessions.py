"""Events of booking about sessions, ratings and messages."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.base import Event
from shared.events.bookings import BookingEvent


class SessionStarted(BookingEvent, frozen=True, kw_only=True):
    """The session has started; the free period runs from `session_start_time`."""

    TYPE: ClassVar[str] = "session.started.v1"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)
    session_start_time: datetime


class SessionMissed(BookingEvent, frozen=True, kw_only=True):
    """The session did not take place. `absent` is the party who never came (seeker, consultant,
    both), as far as presence was recorded. `fee` is what the seeker owes, captured like the fee of
    a late cancellation; the rest of the hold is released.
    """

    TYPE: ClassVar[str] = "session.missed.v1"
    absent: str | None = None
    fee: int = 0


class SessionEnded(BookingEvent, frozen=True, kw_only=True):
    """The session is over. `billable` is whether it was longer than the free period, so that
    `amount` is due. `joint_seconds` is how long both were present; null if no presence was
    recorded.
    """

    TYPE: ClassVar[str] = "session.ended.v1"
    session_start_time: datetime
    session_end_time: datetime
    duration_seconds: int
    billable: bool
    ended_by: str
    joint_seconds: int | None = None


class SessionRated(Event, frozen=True, kw_only=True):
    """The seeker has rated a completed session from 1 to 5. `republished`: published again for
    services that have missed it; nobody is notified.
    """

    TYPE: ClassVar[str] = "session.rated.v1"
    PRODUCER: ClassVar[str] = "booking"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("directory", "notifications")
    AGGREGATE_ID: ClassVar[str] = "booking_id"
    booking_id: UUID
    consultant_id: UUID
    seeker_id: UUID
    seeker_first_name: str
    score: int
    comment: str | None
    rated_at: datetime
    republished: bool = False


class RatingReplied(Event, frozen=True, kw_only=True):
    """The consultant has replied to the rating of a session, which is possible once.
    `republished` is as in SessionRated.
    """

    TYPE: ClassVar[str] = "rating.replied.v1"
    PRODUCER: ClassVar[str] = "booking"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("directory", "notifications")
    AGGREGATE_ID: ClassVar[str] = "booking_id"
    booking_id: UUID
    consultant_id: UUID
    seeker_id: UUID
    body: str
    replied_at: datetime
    republished: bool = False


class MessagePosted(Event, frozen=True, kw_only=True):
    """A party (`author`: seeker, consultant) has written to the other (`recipient_id`). `excerpt`
    is the start of the message, at most 200 characters.
    """

    TYPE: ClassVar[str] = "message.posted.v1"
    PRODUCER: ClassVar[str] = "booking"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)
    AGGREGATE_ID: ClassVar[str] = "booking_id"
    message_id: UUID
    booking_id: UUID
    author: str
    author_id: UUID
    recipient_id: UUID
    excerpt: str
    posted_at: datetime


class MessagesRead(Event, frozen=True, kw_only=True):
    """`reader_id` has read the other party's messages up to and including `up_to`."""

    TYPE: ClassVar[str] = "messages.read.v1"
    PRODUCER: ClassVar[str] = "booking"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)
    AGGREGATE_ID: ClassVar[str] = "booking_id"
    booking_id: UUID
    reader_id: UUID
    author_id: UUID
    up_to: UUID
    # Unread, but still sent: the decoder of the previous version requires it. The next one drops it
    # (decision 0085).
    read_at: datetime | None = None
