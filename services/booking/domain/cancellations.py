"""Cancelling: who can, and what it costs. Pure; amounts are in minor units."""

from __future__ import annotations

from datetime import datetime

from services.booking.domain.lifecycle import LIFECYCLE, Verb
from services.booking.domain.model import Actor, Booking, Cancellation, PaymentStatus, Status
from services.booking.domain.outcome import SessionTimes, is_missed
from services.booking.domain.policy import expiry_of, late_share
from services.booking.domain.presence import Presence
from shared.money import share


def refusal_to_cancel(
    booking: Booking, by: Actor, presence: Presence | None, at: datetime, times: SessionTimes
) -> str | None:
    """Why `by` cannot cancel the booking at `at`, as a sentence with its status; None if they can.
    Deadlines count even if their sweep has not run yet.
    """
    if LIFECYCLE.target(booking.status, Verb.CANCEL, by) is None:
        return f"The booking is {booking.status}; it can no longer be cancelled."
    # Otherwise a seeker would owe the fee until the sweep has run, and not after it.
    if is_missed(booking, presence, at, times):
        return (
            f"The booking is {booking.status}, but its session did not take place: it counts as"
            " missed and cannot be cancelled."
        )
    return expiry_of(booking, at)


def cancellation_fee(booking: Booking, by: Actor, at: datetime) -> int:
    """The fee for cancelling at `at`: nothing before the booking is confirmed, if the consultant
    cancels, or until `free_until`.
    """
    late = booking.status is Status.CONFIRMED and by is Actor.SEEKER and at > booking.free_until
    return late_share(booking) if late else 0


def cancellation(
    booking: Booking, by: Actor, presence: Presence | None, at: datetime, times: SessionTimes
) -> Cancellation:
    """The consequences if `by` cancelled the booking at `at`."""
    refusal = refusal_to_cancel(booking, by, presence, at, times)
    can_cancel = refusal is None
    fee = cancellation_fee(booking, by, at) if can_cancel else 0
    is_held = can_cancel and booking.payment_status is PaymentStatus.AUTHORIZED
    ahead = can_cancel and by is Actor.SEEKER and booking.free_until > at
    return Cancellation(
        can_cancel=can_cancel,
        fee=fee,
        returned=booking.amount - fee if is_held else 0,
        currency=booking.currency,
        free_until=booking.free_until if ahead else None,
        policy=refusal or _policy_in_words(booking, by, at),
        payout=fee - share(fee, booking.commission_bps),
    )


def _policy_in_words(booking: Booking, by: Actor, at: datetime) -> str:
    if by is Actor.CONSULTANT:
        return "The consultant can cancel until the session starts; the seeker then pays nothing."
    due = f"{booking.late_cancel_bps / 100:g} % of the price is due"
    if at > booking.free_until:
        if booking.status is Status.CONFIRMED:
            return f"The start is near: {due}."
        return (
            f"Free until the booking is confirmed; from then on {due}, because the start is near."
        )
    return (
        "Free until the booking is confirmed, and then until"
        f" {_duration(booking.cancel_free_seconds)} before the start; later, {due}."
    )


def _duration(seconds: int) -> str:
    for unit, name in ((3600, "hour"), (60, "minute"), (1, "second")):
        if seconds % unit == 0 and (seconds or unit == 1):
            number = seconds // unit
            return f"{number} {name}{'' if number == 1 else 's'}"
    raise AssertionError("every number is a whole number of seconds")
