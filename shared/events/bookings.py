"""Events of booking about bookings, from the request on."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.base import Event


class BookingEvent(Event, frozen=True, kw_only=True):
    """Fields common to all events about a booking."""

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
    # SEQUENCE of the booking's calendar entry: increases with every change of its times or status.
    calendar_sequence: int = 0


class BookingRequested(BookingEvent, frozen=True, kw_only=True):
    """A seeker has requested a slot, which is reserved until `respond_by`."""

    TYPE: ClassVar[str] = "booking.requested.v1"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)
    respond_by: datetime
    message: str | None = None


class BookingAccepted(BookingEvent, frozen=True, kw_only=True):
    """The consultant has accepted, or the seeker has retried the payment (`attempt` > 1): the card
    is to be authorised.
    """

    TYPE: ClassVar[str] = "booking.accepted.v1"
    commission_amount: int
    attempt: int = 1


class BookingDeclined(BookingEvent, frozen=True, kw_only=True):
    """The consultant has declined; the slot is free again."""

    TYPE: ClassVar[str] = "booking.declined.v1"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)
    reason: str | None = None


class BookingExpired(BookingEvent, frozen=True, kw_only=True):
    """The request was not answered in time; the slot is free again, unless it has begun."""

    TYPE: ClassVar[str] = "booking.expired.v1"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)


class BookingCancelled(BookingEvent, frozen=True, kw_only=True):
    """The booking was cancelled by `cancelled_by` (seeker, consultant or system). `fee` is what the
    seeker owes under the cancellation policy.
    """

    TYPE: ClassVar[str] = "booking.cancelled.v1"
    cancelled_by: str
    fee: int
    reason: str | None = None


class BookingConfirmed(BookingEvent, frozen=True, kw_only=True):
    """The payment is authorised and the session will take place."""

    TYPE: ClassVar[str] = "booking.confirmed.v1"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)


class BookingPaymentFailed(BookingEvent, frozen=True, kw_only=True):
    """The payment of an accepted or confirmed booking is not authorised: the seeker has until
    `payment_deadline` to fix it. `payment_failure` is a code of the API.
    """

    TYPE: ClassVar[str] = "booking_payment.failed.v1"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)
    payment_failure: str
    payment_deadline: datetime
