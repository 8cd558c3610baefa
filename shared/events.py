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
    """What every event about a person carries."""

    PRODUCER: ClassVar[str] = "identity"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("directory", "booking", "payments", "notifications")
    AGGREGATE_ID: ClassVar[str] = "user_id"
    user_id: UUID
    role: str
    first_name: str
    last_name: str
    email: str
    email_verified: bool = False
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


class AccountEvent(Event, frozen=True, kw_only=True):
    """What every event about an account carries; only notifications hears it."""

    PRODUCER: ClassVar[str] = "identity"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)
    AGGREGATE_ID: ClassVar[str] = "user_id"
    user_id: UUID


class EmailVerificationRequested(AccountEvent, frozen=True, kw_only=True):
    """An address is to be verified with `token`, which is valid for 24 hours. `welcome` is true
    where the account was just opened.
    """

    TYPE: ClassVar[str] = "email_verification.requested.v1"
    email: str
    token: str
    welcome: bool = False


class PasswordResetRequested(AccountEvent, frozen=True, kw_only=True):
    """Somebody has asked to reset this user's password with `token`, which is valid for an hour."""

    TYPE: ClassVar[str] = "password_reset.requested.v1"
    email: str
    token: str


class PasswordChanged(AccountEvent, frozen=True, kw_only=True):
    """The user's password was changed or reset."""

    TYPE: ClassVar[str] = "password.changed.v1"


class EmailChangeRequested(AccountEvent, frozen=True, kw_only=True):
    """The user wants `new_email` as their address; it is theirs once `token`, which is sent there,
    was confirmed.
    """

    TYPE: ClassVar[str] = "email_change.requested.v1"
    old_email: str
    new_email: str
    token: str


class EmailChanged(AccountEvent, frozen=True, kw_only=True):
    """The user's address is now `new_email`."""

    TYPE: ClassVar[str] = "email.changed.v1"
    old_email: str
    new_email: str


class NewDeviceEvent(AccountEvent, frozen=True, kw_only=True):
    """What every event about a device that was not seen before carries."""

    user_agent: str | None
    at: datetime


class NewDeviceUsed(NewDeviceEvent, frozen=True, kw_only=True):
    """The user has signed in from a device that was not seen before."""

    TYPE: ClassVar[str] = "new_device.used.v1"


class SignedInFromNewDevice(NewDeviceEvent, frozen=True, kw_only=True):
    """NewDeviceUsed, by the name that earlier versions publish it under during an upgrade."""

    TYPE: ClassVar[str] = "signed_in_from_new.device.v1"


class SessionsRevoked(AccountEvent, frozen=True, kw_only=True):
    """Sessions of the user have ended: those of `session_ids`, or where it is null all but
    `except_session_id`.
    """

    TYPE: ClassVar[str] = "sessions.revoked.v1"
    session_ids: list[str] | None = None
    except_session_id: str | None = None


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
    """A consultant's free time has changed. `free` and `further` are the whole of it, so that a
    lost or late event heals with the next; `version` grows with every change. `further` are the
    slots after those of `free`, in the form of `shared/free_time.py`: 2,000 in less than 64 kB.
    """

    TYPE: ClassVar[str] = "availability.changed.v1"
    PRODUCER: ClassVar[str] = "booking"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("directory",)
    AGGREGATE_ID: ClassVar[str] = "consultant_id"
    consultant_id: UUID
    version: int
    next_available_at: datetime | None
    free: list[Interval]
    further: list[int] = []


class BookingEvent(Event, frozen=True, kw_only=True):
    """What every event about a booking carries."""

    PRODUCER: ClassVar[str] = "booking"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("payments", "notifications")
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
    # SEQUENCE of the booking's calendar entry: grows with every change of its times or status.
    calendar_sequence: int = 0


class BookingRequested(BookingEvent, frozen=True, kw_only=True):
    """A seeker has asked for a slot; it is theirs until `respond_by`."""

    TYPE: ClassVar[str] = "booking.requested.v1"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)
    respond_by: datetime
    message: str | None = None


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
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)
    reason: str | None = None


class BookingExpired(BookingEvent, frozen=True, kw_only=True):
    """Nobody answered the request in time; the slot is free again."""

    TYPE: ClassVar[str] = "booking.expired.v1"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)


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


class BookingPaymentFailed(BookingEvent, frozen=True, kw_only=True):
    """The money of an accepted or confirmed booking is not held: the seeker has until
    `payment_deadline` to put it right. `payment_failure` is a code of the API.
    """

    TYPE: ClassVar[str] = "booking_payment.failed.v1"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)
    payment_failure: str
    payment_deadline: datetime


class RescheduleEvent(BookingEvent, frozen=True, kw_only=True):
    """A proposal to move a booking. The booking's own times are still the agreed ones; `new_…` are
    those of the slot that is proposed.
    """

    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)
    proposed_by: str
    new_slot_id: UUID
    new_start: datetime
    new_end: datetime


class RescheduleProposed(RescheduleEvent, frozen=True, kw_only=True):
    """One party (`proposed_by`: seeker, consultant) has proposed another time to the other; the
    proposal stands until `expires_at`.
    """

    TYPE: ClassVar[str] = "reschedule.proposed.v1"
    expires_at: datetime
    message: str | None = None


class RescheduleAccepted(RescheduleEvent, frozen=True, kw_only=True):
    """The other party has agreed to the proposed time; BookingRescheduled follows."""

    TYPE: ClassVar[str] = "reschedule.accepted.v1"


class RescheduleDeclined(RescheduleEvent, frozen=True, kw_only=True):
    """The other party has refused the proposed time; the booking stays where it is."""

    TYPE: ClassVar[str] = "reschedule.declined.v1"


class RescheduleWithdrawn(RescheduleEvent, frozen=True, kw_only=True):
    """The proposal was taken back by its proposer, or the booking ended while it was open."""

    TYPE: ClassVar[str] = "reschedule.withdrawn.v1"


class RescheduleExpired(RescheduleEvent, frozen=True, kw_only=True):
    """Nobody answered the proposal in time; the booking stays where it is."""

    TYPE: ClassVar[str] = "reschedule.expired.v1"


class BookingRescheduled(BookingEvent, frozen=True, kw_only=True):
    """The booking has moved: slot and times are the new ones, `previous_…` those it had before.
    `rescheduled_by` is who brought it about; price, commission and payment stay. `respond_by` is
    the new one where the request has yet to be answered.
    """

    TYPE: ClassVar[str] = "booking.rescheduled.v1"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("payments", "notifications")
    status: str
    rescheduled_by: str
    previous_slot_id: UUID
    previous_start: datetime
    previous_end: datetime
    respond_by: datetime | None = None


class SessionStarted(BookingEvent, frozen=True, kw_only=True):
    """The session has begun; the free period runs from `session_start_time`."""

    TYPE: ClassVar[str] = "session.started.v1"
    session_start_time: datetime


class SessionMissed(BookingEvent, frozen=True, kw_only=True):
    """The session did not take place. `absent` says who never came (seeker, consultant, both), as
    far as presence was recorded. `fee` is what the seeker owes, to be captured as a late
    cancellation's; the rest of the hold is to be released.
    """

    TYPE: ClassVar[str] = "session.missed.v1"
    absent: str | None = None
    fee: int = 0


class SessionEnded(BookingEvent, frozen=True, kw_only=True):
    """The session is over. `billable` says whether it was longer than the free period, so that
    `amount` is due. `joint_seconds` is how long both were present; null without any presence.
    """

    TYPE: ClassVar[str] = "session.ended.v1"
    session_start_time: datetime
    session_end_time: datetime
    duration_seconds: int
    billable: bool
    ended_by: str
    joint_seconds: int | None = None


class SessionRated(Event, frozen=True, kw_only=True):
    """The seeker has rated a completed session, 1 to 5."""

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


class RatingReplied(Event, frozen=True, kw_only=True):
    """The consultant has replied to the rating of a session, once."""

    TYPE: ClassVar[str] = "rating.replied.v1"
    PRODUCER: ClassVar[str] = "booking"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("directory", "notifications")
    AGGREGATE_ID: ClassVar[str] = "booking_id"
    booking_id: UUID
    consultant_id: UUID
    seeker_id: UUID
    body: str
    replied_at: datetime


class MessagePosted(Event, frozen=True, kw_only=True):
    """A party (`author`: seeker, consultant) has written to the other (`recipient_id`). `excerpt`
    is the beginning of the message, at most 200 characters.
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
    """`reader_id` has read what the other party wrote, up to and with the message `up_to`."""

    TYPE: ClassVar[str] = "messages.read.v1"
    PRODUCER: ClassVar[str] = "booking"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)
    AGGREGATE_ID: ClassVar[str] = "booking_id"
    booking_id: UUID
    reader_id: UUID
    author_id: UUID
    up_to: UUID
    read_at: datetime


class BusyCalendarFailed(Event, frozen=True, kw_only=True):
    """A consultant's busy calendar could not be read for a day (`since`); its last good state still
    holds.
    """

    TYPE: ClassVar[str] = "busy_calendar.failed.v1"
    PRODUCER: ClassVar[str] = "booking"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)
    AGGREGATE_ID: ClassVar[str] = "calendar_id"
    calendar_id: UUID
    consultant_id: UUID
    name: str
    host: str
    since: datetime
    last_error: str | None = None


class BusyCalendarConflicted(Event, frozen=True, kw_only=True):
    """A consultant's busy calendar has an event at the time of a booking that was made before.
    Nothing is cancelled.
    """

    TYPE: ClassVar[str] = "busy_calendar.conflicted.v1"
    PRODUCER: ClassVar[str] = "booking"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)
    AGGREGATE_ID: ClassVar[str] = "calendar_id"
    calendar_id: UUID
    consultant_id: UUID
    name: str
    host: str
    booking_id: UUID
    scheduled_start: datetime
    scheduled_end: datetime


class WaitlistTimeFreed(Event, frozen=True, kw_only=True):
    """A time that a seeker on the waitlist waits for has become free; it is their turn to hear of
    it.
    """

    TYPE: ClassVar[str] = "waitlist_time.freed.v1"
    PRODUCER: ClassVar[str] = "booking"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)
    AGGREGATE_ID: ClassVar[str] = "waitlist_entry_id"
    waitlist_entry_id: UUID
    seeker_id: UUID
    consultant_id: UUID
    slot_id: UUID
    start_time: datetime
    end_time: datetime


# ---- payments


class PaymentEvent(Event, frozen=True, kw_only=True):
    """What every event about a payment carries."""

    PRODUCER: ClassVar[str] = "payments"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("booking", "notifications")
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
    """`amount` went back to the card (negative: the bank returned it to us); `kept_amount` of the
    captured amount is still ours. `payment_status` is that of the payment then: a dispute may
    stand.
    """

    TYPE: ClassVar[str] = "payment.refunded.v1"
    kept_amount: int = 0
    payment_status: str | None = None


class PaymentDisputed(PaymentEvent, frozen=True, kw_only=True):
    """The cardholder's bank disputes the charge, or has decided (`reason`: opened, won, lost).
    `payment_status` is that of the payment then: one that is won may have been refunded meanwhile.
    `kept_amount` of the captured amount is neither refunded nor with the bank.
    """

    TYPE: ClassVar[str] = "payment.disputed.v1"
    kept_amount: int | None = None
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
    CONSUMERS: ClassVar[tuple[str, ...]] = ("directory", "notifications")
    AGGREGATE_ID: ClassVar[str] = "user_id"
    user_id: UUID
    state: str


class PayoutSent(Event, frozen=True, kw_only=True):
    """The consultant's share of a booking was transferred (`state`: paid, reversed)."""

    TYPE: ClassVar[str] = "payout.sent.v1"
    PRODUCER: ClassVar[str] = "payments"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("booking", "notifications")
    AGGREGATE_ID: ClassVar[str] = "booking_id"
    user_id: UUID
    booking_id: UUID
    state: str
    amount: int
    currency: str
    transfer_id: str | None = None


CATALOGUE: tuple[type[Event], ...] = (
    UserRegistered, UserUpdated, UserDeactivated,
    EmailVerificationRequested, PasswordResetRequested, PasswordChanged, EmailChangeRequested,
    EmailChanged, NewDeviceUsed, SignedInFromNewDevice, SessionsRevoked,
    ProfileUpdated,
    AvailabilityChanged,
    BookingRequested, BookingAccepted, BookingDeclined, BookingExpired, BookingCancelled,
    BookingConfirmed,
    BookingPaymentFailed,
    RescheduleProposed, RescheduleAccepted, RescheduleDeclined, RescheduleWithdrawn,
    RescheduleExpired,
    BookingRescheduled,
    SessionStarted, SessionMissed, SessionEnded, SessionRated, RatingReplied,
    MessagePosted, MessagesRead, BusyCalendarFailed, BusyCalendarConflicted, WaitlistTimeFreed,
    PaymentAuthorized, PaymentFailed, PaymentCaptured, PaymentReleased, PaymentRefunded,
    PaymentDisputed,
    PaymentMethodChanged, PayoutAccountChanged, PayoutSent,
)  # fmt: skip

# Events by earlier names, and what they are called now: nobody publishes these any more; they are
# still consumed until the release after, for replicas of both versions run during an upgrade.
RENAMED: dict[type[Event], type[Event]] = {SignedInFromNewDevice: NewDeviceUsed}

BY_TYPE: dict[str, type[Event]] = {event.TYPE: event for event in CATALOGUE}
