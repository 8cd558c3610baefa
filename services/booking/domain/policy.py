"""Rules about times and amounts, as pure functions. Amounts are in minor units.

The terms of a booking are fixed when it is requested (`BookingTerms`); later changes of settings do
not affect it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from services.booking.domain.model import LIVE, Booking, PaymentStatus, Status
from shared.currencies import CURRENCIES, refusal_of
from shared.money import BASIS_POINTS, divide_half_up, share

MAX_SLOT_LENGTH = timedelta(hours=8)
SECONDS_PER_HOUR = 3_600
# How many free slots a consultant can have, and how far ahead.
MAX_FREE_SLOTS = 2_000
MAX_SLOT_LEAD = timedelta(days=366)


class BookingPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The settings that become part of a booking's terms."""

    respond_within_seconds: int
    commission_bps: int
    free_period_seconds: int
    cancel_free_seconds: int
    late_cancel_bps: int
    payment_deadline_seconds: int


class BookingTerms(msgspec.Struct, frozen=True, kw_only=True):
    """Price and rules of a booking at the time of the request. The fields are columns of the
    booking.
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
    policy: BookingPolicy,
) -> BookingTerms:
    """The terms of a booking requested at `at` for the slot from `start` to `end`."""
    amount = price_of(hourly_rate, start, end, currency)
    return BookingTerms(
        respond_by=respond_by(at, start, policy),
        amount=amount,
        currency=currency,
        commission_bps=policy.commission_bps,
        commission_amount=share(amount, policy.commission_bps),
        free_period_seconds=policy.free_period_seconds,
        cancel_free_seconds=policy.cancel_free_seconds,
        late_cancel_bps=policy.late_cancel_bps,
        payment_grace_seconds=policy.payment_deadline_seconds,
    )


def price_of(hourly_rate: int, start: datetime, end: datetime, currency: str) -> int:
    """The price of the time from `start` to `end`, rounded half up to an amount that can be charged
    in the currency.
    """
    return _rounded(hourly_rate * int((end - start).total_seconds()), SECONDS_PER_HOUR, currency)


def price_refusal(amount: int, currency: str) -> str | None:
    """Why `amount` cannot be charged to a card, as a sentence; None if it can."""
    if currency not in CURRENCIES:
        return f"Cards cannot be charged in {currency.upper()}."
    return refusal_of(amount, currency)


def _rounded(numerator: int, denominator: int, currency: str) -> int:
    known = CURRENCIES.get(currency)
    return known.round(numerator, denominator) if known else divide_half_up(numerator, denominator)


def late_share(booking: Booking) -> int:
    """What a seeker who cancels late or never comes owes."""
    return _rounded(booking.amount * booking.late_cancel_bps, BASIS_POINTS, booking.currency)


def respond_by(at: datetime, start: datetime, policy: BookingPolicy) -> datetime:
    """Until when a request made at `at` can be answered: not beyond the session's start."""
    return min(at + timedelta(seconds=policy.respond_within_seconds), start)


def expiry_of(booking: Booking, at: datetime) -> str | None:
    """That the request was not answered in time, as a sentence; None if it can be at `at`."""
    if booking.status is not Status.REQUESTED or at <= booking.answer_by:
        return None
    return (
        f"The booking is {booking.status}, but it has expired: it was to be answered by"
        f" {booking.answer_by:%Y-%m-%d %H:%M} UTC."
    )


def payment_deadline(at: datetime, start: datetime, grace_seconds: int) -> datetime:
    """Until when a payment that failed at `at` can be fixed: not beyond the session's start."""
    return min(at + timedelta(seconds=grace_seconds), start)


_CHARGED = (PaymentStatus.CAPTURED, PaymentStatus.REFUNDED, PaymentStatus.DISPUTED)
_NOT_CHARGED = (PaymentStatus.NONE, PaymentStatus.RELEASED, PaymentStatus.FAILED)


def charged(booking: Booking) -> int | None:
    """What the seeker has paid, less refunds, for a booking that is over. None while it is live or
    its payment is in progress.
    """
    if booking.status in LIVE:
        return None
    if booking.payment_status in _NOT_CHARGED:
        return 0
    if booking.payment_status not in _CHARGED:
        return None
    if booking.charged_amount is not None:
        return booking.charged_amount
    if booking.payment_status is not PaymentStatus.CAPTURED:
        return 0
    return _due(booking)


def _due(booking: Booking) -> int:
    if booking.status is Status.COMPLETED:
        return booking.amount
    fee = booking.cancellation_fee
    return fee if fee is not None else late_share(booking)


def earned(booking: Booking) -> int | None:
    """The consultant's share of what was charged; None while that is not known."""
    paid = charged(booking)
    return None if paid is None else paid - share(paid, booking.commission_bps)


def seconds_between(start: datetime, end: datetime) -> int:
    """Whole seconds from `start` to `end`, never negative: a session of 600.9 s lasted 600."""
    return max(0, int((end - start).total_seconds()))
