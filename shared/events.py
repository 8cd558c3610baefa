"""THE catalogue: every event, its wire name and version, who publishes it and who reacts to it.

An optional new field is free. Anything else is a new class with the next version; the old golden
JSON decodes for ever (`shared/tests/golden/`). Amounts are in minor units; instants are in UTC.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that has happened. TYPE is the wire name and routing key, PRODUCER its publisher,
    CONSUMERS the services that react; AGGREGATE_ID names the field of the aggregate within which
    order is kept.
    """

    TYPE: ClassVar[str]
    PRODUCER: ClassVar[str]
    CONSUMERS: ClassVar[tuple[str, ...]]
    AGGREGATE_ID: ClassVar[str]


# ---- identity


class UserEvent(Event, frozen=True, kw_only=True):
    PRODUCER: ClassVar[str] = "identity"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("directory", "booking", "payments")
    AGGREGATE_ID: ClassVar[str] = "user_id"
    user_id: UUID
    role: str
    first_name: str
    last_name: str
    email: str
    time_zone: str = "UTC"


class UserRegistered(UserEvent, frozen=True, kw_only=True):
    """Somebody has opened an account."""

    TYPE: ClassVar[str] = "user.registered.v1"


class UserUpdated(UserEvent, frozen=True, kw_only=True):
    """Somebody has changed their name or time zone."""

    TYPE: ClassVar[str] = "user.updated.v1"


class UserDeactivated(UserEvent, frozen=True, kw_only=True):
    """An operator has closed an account."""

    TYPE: ClassVar[str] = "user.deactivated.v1"


# ---- directory


class ProfileUpdated(Event, frozen=True, kw_only=True):
    """A consultant has published or changed their profile; `hourly_rate` is in minor units per
    hour.
    """

    TYPE: ClassVar[str] = "profile.updated.v1"
    PRODUCER: ClassVar[str] = "directory"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("booking",)
    AGGREGATE_ID: ClassVar[str] = "consultant_id"
    consultant_id: UUID
    hourly_rate: int
    currency: str


# ---- booking


class Interval(msgspec.Struct, frozen=True):
    """A free slot's bounds, start inclusive, end exclusive."""

    start_time: datetime
    end_time: datetime


class AvailabilityChanged(Event, frozen=True, kw_only=True):
    """A consultant's free time has changed. `free` is the whole of it, so that a lost or late event heals with the next;
    `version` grows with every change, so that an older one is recognised.
    """

    TYPE: ClassVar[str] = "availability.changed.v1"
    PRODUCER: ClassVar[str] = "booking"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("directory",)
    AGGREGATE_ID: ClassVar[str] = "consultant_id"
    consultant_id: UUID
    version: int
    next_available_at: datetime | None
    free: list[Interval]


class BookingEvent(Event, frozen=True, kw_only=True):
    PRODUCER: ClassVar[str] = "booking"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("payments",)
    AGGREGATE_ID: ClassVar[str] = "booking_id"
    booking_id: UUID
    seeker_id: UUID
    consultant_id: UUID
    slot_id: UUID
    scheduled_start: datetime
    scheduled_end: datetime
    amount: int
    currency: str
    commission_bps: int


class BookingRequested(BookingEvent, frozen=True, kw_only=True):
    """A seeker has asked for a slot; it is theirs until `respond_by`."""

    TYPE: ClassVar[str] = "booking.requested.v1"
    respond_by: datetime


class BookingAccepted(BookingEvent, frozen=True, kw_only=True):
    """The consultant has said yes, or the seeker has asked to try the payment again (`attempt` >
    1): the card is to be authorised.
    """

    TYPE: ClassVar[str] = "booking.accepted.v1"
    commission_amount: int
    attempt: int = 1


class BookingDeclined(BookingEvent, frozen=True, kw_only=True):
    """The consultant has said no; the slot is free again."""

    TYPE: ClassVar[str] = "booking.declined.v1"
    reason: str | None = None


class BookingExpired(BookingEvent, frozen=True, kw_only=True):
    """Nobody answered the request in time; the slot is free again."""

    TYPE: ClassVar[str] = "booking.expired.v1"


class BookingCancelled(BookingEvent, frozen=True, kw_only=True):
    """The booking was called off by `cancelled_by` (seeker, consultant or system). `fee` is what
    the seeker owes by the policy.
    """

    TYPE: ClassVar[str] = "booking.cancelled.v1"
    cancelled_by: str
    fee: int
    reason: str | None = None


class BookingConfirmed(BookingEvent, frozen=True, kw_only=True):
    """The money is held; the session will take place."""

    TYPE: ClassVar[str] = "booking.confirmed.v1"


class SessionStarted(BookingEvent, frozen=True, kw_only=True):
    """The session has begun; the free period runs from `session_start_time`."""

    TYPE: ClassVar[str] = "session.started.v1"
    session_start_time: datetime


class SessionMissed(BookingEvent, frozen=True, kw_only=True):
    """A confirmed session was never started: a no-show; the hold is to be released."""

    TYPE: ClassVar[str] = "session.missed.v1"


class SessionEnded(BookingEvent, frozen=True, kw_only=True):
    """The session is over. `billable` says whether it was longer than the free period, so that
    `amount` is due.
    """

    TYPE: ClassVar[str] = "session.ended.v1"
    session_start_time: datetime
    session_end_time: datetime
    duration_seconds: int
    billable: bool
    ended_by: str


class SessionRated(Event, frozen=True, kw_only=True):
    """The seeker has rated a completed session, 1 to 5."""

    TYPE: ClassVar[str] = "session.rated.v1"
    PRODUCER: ClassVar[str] = "booking"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("directory",)
    AGGREGATE_ID: ClassVar[str] = "booking_id"
    booking_id: UUID
    consultant_id: UUID
    seeker_id: UUID
    seeker_first_name: str
    score: int
    comment: str | None
    rated_at: datetime


# ---- payments


class PaymentEvent(Event, frozen=True, kw_only=True):
    PRODUCER: ClassVar[str] = "payments"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("booking",)
    AGGREGATE_ID: ClassVar[str] = "booking_id"
    booking_id: UUID
    payment_intent_id: str | None
    amount: int
    currency: str
    reason: str | None = None


class PaymentAuthorized(PaymentEvent, frozen=True, kw_only=True):
    """The card holds `amount` until `capture_before` (from the charge, never assumed)."""

    TYPE: ClassVar[str] = "payment.authorized.v1"
    capture_before: datetime | None = None


class PaymentFailed(PaymentEvent, frozen=True, kw_only=True):
    """The card could not be authorised, or a hold was lost and could not be renewed; `reason` is a
    payment_failure of the contract.
    """

    TYPE: ClassVar[str] = "payment.failed.v1"


class PaymentCaptured(PaymentEvent, frozen=True, kw_only=True):
    """`amount` was taken from the card: the session's price, or the fee of a late cancellation."""

    TYPE: ClassVar[str] = "payment.captured.v1"
    commission_amount: int = 0


class PaymentReleased(PaymentEvent, frozen=True, kw_only=True):
    """The hold was let go; nothing was charged."""

    TYPE: ClassVar[str] = "payment.released.v1"


class PaymentRefunded(PaymentEvent, frozen=True, kw_only=True):
    """`amount` went back to the card (negative: the bank returned it to us); `kept_amount` of the captured amount is still ours.
    `payment_status` is that of the payment then: a dispute may stand.
    """

    TYPE: ClassVar[str] = "payment.refunded.v1"
    kept_amount: int = 0
    payment_status: str | None = None


class PaymentDisputed(PaymentEvent, frozen=True, kw_only=True):
    """The cardholder's bank disputes the charge, or has decided (`reason`: opened, won, lost).
    `payment_status` is that of the payment then: one that is won may have been refunded meanwhile.
    """

    TYPE: ClassVar[str] = "payment.disputed.v1"
    payment_status: str | None = None


class PaymentMethodChanged(Event, frozen=True, kw_only=True):
    """A seeker has saved, replaced or removed their card (`state`: saved, removed)."""

    TYPE: ClassVar[str] = "payment_method.changed.v1"
    PRODUCER: ClassVar[str] = "payments"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("booking",)
    AGGREGATE_ID: ClassVar[str] = "user_id"
    user_id: UUID
    state: str


class PayoutAccountChanged(Event, frozen=True, kw_only=True):
    """A consultant's payout account has changed (`state`: pending, active, restricted,
    rejected).
    """

    TYPE: ClassVar[str] = "payout_account.changed.v1"
    PRODUCER: ClassVar[str] = "payments"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("directory",)
    AGGREGATE_ID: ClassVar[str] = "user_id"
    user_id: UUID
    state: str


class PayoutSent(Event, frozen=True, kw_only=True):
    """The consultant's share of a booking was transferred (`state`: paid, reversed)."""

    TYPE: ClassVar[str] = "payout.sent.v1"
    PRODUCER: ClassVar[str] = "payments"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("booking",)
    AGGREGATE_ID: ClassVar[str] = "booking_id"
    user_id: UUID
    booking_id: UUID
    state: str
    amount: int
    currency: str
    transfer_id: str | None = None


CATALOGUE: tuple[type[Event], ...] = (
    UserRegistered, UserUpdated, UserDeactivated,
    ProfileUpdated,
    AvailabilityChanged,
    BookingRequested, BookingAccepted, BookingDeclined, BookingExpired, BookingCancelled, BookingConfirmed,
    SessionStarted, SessionMissed, SessionEnded, SessionRated,
    PaymentAuthorized, PaymentFailed, PaymentCaptured, PaymentReleased, PaymentRefunded, PaymentDisputed,
    PaymentMethodChanged, PayoutAccountChanged, PayoutSent,
)  # fmt: skip

BY_TYPE: dict[str, type[Event]] = {event.TYPE: event for event in CATALOGUE}
