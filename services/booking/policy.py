"""The rules of time and money, as plain functions of what a booking holds. Pure; amounts in minor
units.

What the two people agreed to is fixed when the booking is requested (`Terms`) and never follows a
later change of settings.
"""

from datetime import datetime, timedelta

import msgspec

from services.booking.lifecycle import Actor, Status
from services.booking.settings import BookingSettings
from shared.money import price, share

LONGEST_SLOT = timedelta(hours=8)
# A seeker may call off a confirmed session for nothing until a day before it; later, half of it is
# due.
CANCEL_FREE_SECONDS = 86_400
LATE_CANCEL_BPS = 5_000


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a booking costs and by which rules, as of the moment of the request. Its fields are
    columns of the booking.
    """

    respond_by: datetime
    amount: int
    currency: str
    commission_bps: int
    commission_amount: int
    free_period_seconds: int
    cancel_free_seconds: int
    late_cancel_bps: int
    payment_grace_seconds: int


def terms_at(
    at: datetime,
    start: datetime,
    end: datetime,
    hourly_rate: int,
    currency: str,
    settings: BookingSettings,
) -> Terms:
    """The terms of a booking requested `at` for the slot from `start` to `end`."""
    amount = price(hourly_rate, int((end - start).total_seconds()))
    return Terms(
        respond_by=min(at + timedelta(seconds=settings.respond_within_seconds), start),
        amount=amount,
        currency=currency,
        commission_bps=settings.commission_bps,
        commission_amount=share(amount, settings.commission_bps),
        free_period_seconds=settings.free_period_seconds,
        cancel_free_seconds=CANCEL_FREE_SECONDS,
        late_cancel_bps=LATE_CANCEL_BPS,
        payment_grace_seconds=settings.payment_deadline_seconds,
    )


def payment_deadline(at: datetime, start: datetime, grace_seconds: int) -> datetime:
    """Until when a payment that failed `at` can be mended: not beyond the session's start."""
    return min(at + timedelta(seconds=grace_seconds), start)


def cancellation_fee(
    status: Status, by: Actor, at: datetime, free_until: datetime, amount: int, late_bps: int
) -> int:
    """What cancelling `at` costs the seeker: nothing before the booking is confirmed, when the
    consultant does it, or up to and at `free_until`.
    """
    late = status is Status.CONFIRMED and by is Actor.SEEKER and at > free_until
    return share(amount, late_bps) if late else 0


def seconds_between(start: datetime, end: datetime) -> int:
    """Whole seconds from `start` to `end`, never negative: a session of 600.9 s lasted 600."""
    return max(0, int((end - start).total_seconds()))
