"""Amounts and deadlines: tables of cases, exact to the minor unit and the second."""

from datetime import timedelta

import msgspec
import pytest

from services.booking.domain.cancellations import cancellation, cancellation_fee
from services.booking.domain.model import LIVE, Actor, PaymentStatus, Status
from services.booking.domain.policy import (
    expiry_of,
    payment_deadline,
    seconds_between,
    terms_at,
)
from services.booking.domain.slots import Offer
from services.booking.tests.bookings import AT, POLICY, SETTINGS, booking_at


@pytest.mark.parametrize(
    ("hourly_rate", "minutes", "amount", "commission"),
    [
        (12_000, 60, 12_000, 1_800),
        (12_000, 15, 3_000, 450),
        (9_999, 20, 3_333, 500),  # 499.95
        (10_000, 20, 3_333, 500),  # 3333.33
        (10_001, 30, 5_001, 750),  # 5000.5 goes up; 750.15
        (1, 30, 1, 0),  # 0.5 goes up; 0.15
        (1, 29, 0, 0),  # 0.48
        (2, 15, 1, 0),  # 0.5
        (100_000_000, 480, 800_000_000, 120_000_000),
        (30, 60, 30, 5),  # 4.5 goes up
        (10, 60, 10, 2),  # 1.5 goes up
    ],
)
def test_price_and_commission_round_half_up(
    hourly_rate: int, minutes: int, amount: int, commission: int
) -> None:
    terms = terms_at(AT, AT, AT + timedelta(minutes=minutes), hourly_rate, "usd", POLICY)
    assert (terms.amount, terms.commission_amount) == (amount, commission)


@pytest.mark.parametrize(
    ("starts_in", "answer_within"),
    [
        (timedelta(days=30), timedelta(hours=48)),
        (timedelta(hours=48, seconds=1), timedelta(hours=48)),
        (timedelta(hours=48), timedelta(hours=48)),
        (timedelta(hours=1), timedelta(hours=1)),
    ],
)
def test_respond_by_is_the_earlier_of_48_hours_and_the_start(
    starts_in: timedelta, answer_within: timedelta
) -> None:
    start = AT + starts_in
    terms = terms_at(AT, start, start + timedelta(hours=1), 10_000, "usd", POLICY)
    assert terms.respond_by == AT + answer_within


def test_payment_deadline_is_the_earlier_of_the_grace_and_the_start() -> None:
    assert payment_deadline(AT, AT + timedelta(days=3), 86_400) == AT + timedelta(days=1)
    assert payment_deadline(AT, AT + timedelta(hours=2), 86_400) == AT + timedelta(hours=2)


@pytest.mark.parametrize("status", Status)
def test_request_can_be_answered_up_to_its_deadline(status: Status) -> None:
    booking = booking_at(AT + timedelta(days=30), status)
    later = booking.answer_by + timedelta(microseconds=1)
    assert expiry_of(booking, booking.answer_by) is None
    assert (expiry_of(booking, later) is not None) is (status is Status.REQUESTED)


@pytest.mark.parametrize(
    ("status", "by", "expires_after", "extends"),
    [
        (Status.REQUESTED, Actor.CONSULTANT, timedelta(hours=1), True),
        (Status.REQUESTED, Actor.CONSULTANT, timedelta(hours=-1), False),
        (Status.REQUESTED, Actor.SEEKER, timedelta(hours=1), False),
        (Status.ACCEPTED, Actor.CONSULTANT, timedelta(hours=1), False),
    ],
)
def test_only_the_consultants_proposal_extends_a_request_and_never_shortens_it(
    status: Status, by: Actor, expires_after: timedelta, extends: bool
) -> None:
    booking = booking_at(AT + timedelta(days=30), status)
    expires_at = booking.respond_by + expires_after
    proposed = msgspec.structs.replace(booking, proposed_by=by, proposal_expires_at=expires_at)
    assert proposed.answer_by == (expires_at if extends else booking.respond_by)


@pytest.mark.parametrize(
    ("starts_in", "notice", "requestable"),
    [
        (timedelta(microseconds=1), None, True),
        (timedelta(), None, False),
        (timedelta(minutes=60), 60, True),
        (timedelta(minutes=60, microseconds=-1), 60, False),
    ],
)
def test_slot_can_be_requested_until_it_begins_or_its_notice(
    starts_in: timedelta, notice: int | None, requestable: bool
) -> None:
    start = AT + starts_in
    offer = Offer(
        start_time=start,
        end_time=start + timedelta(hours=1),
        is_booked=False,
        hourly_rate=10_000,
        currency="usd",
        seeker_is_active=True,
        is_busy=False,
        minimum_notice_minutes=notice,
        buffer_minutes=None,
        daily_limit=None,
        time_zone=None,
        seeker_first_name="Ada",
        seeker_last_name="Byron",
        consultant_first_name="Grace",
        consultant_last_name="Hopper",
    )
    assert offer.is_requestable(AT) is requestable
    assert not msgspec.structs.replace(offer, is_booked=True).is_requestable(AT)
    assert not msgspec.structs.replace(offer, is_busy=True).is_requestable(AT)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("by", [Actor.SEEKER, Actor.CONSULTANT])
@pytest.mark.parametrize("late_by", [-1, 0, 1])
def test_only_a_late_seeker_pays_and_only_when_confirmed(
    status: Status, by: Actor, late_by: int
) -> None:
    booking = booking_at(AT + timedelta(seconds=POLICY.cancel_free_seconds), status)
    fee = cancellation_fee(booking, by, AT + timedelta(seconds=late_by))
    owes = status is Status.CONFIRMED and by is Actor.SEEKER and late_by > 0
    assert fee == (5_000 if owes else 0)  # 4999.5 goes up


@pytest.mark.parametrize(("seconds", "whole"), [(0, 0), (600, 600), (600.999, 600), (-5, 0)])
def test_durations_are_whole_seconds(seconds: float, whole: int) -> None:
    assert seconds_between(AT, AT + timedelta(seconds=seconds)) == whole


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("by", [Actor.SEEKER, Actor.CONSULTANT])
@pytest.mark.parametrize("is_late", [False, True])
def test_preview_of_a_cancellation_says_what_is_true_for_its_reader(
    status: Status, by: Actor, is_late: bool
) -> None:
    """For every role, status and side of the deadline: who owes what, and who gets what."""
    at = AT + timedelta(seconds=1 if is_late else -1)
    start = AT + timedelta(seconds=POLICY.cancel_free_seconds)
    booking = booking_at(start, status, payment_status=PaymentStatus.AUTHORIZED)
    preview = cancellation(booking, by, None, at, SETTINGS.session_times)
    can_cancel = status in LIVE - {Status.IN_PROGRESS}
    fee = 5_000 if status is Status.CONFIRMED and by is Actor.SEEKER and is_late else 0
    assert preview.can_cancel is can_cancel
    assert preview.fee == fee
    assert preview.returned == (9_999 - fee if can_cancel else 0)
    assert preview.payout == (4_250 if fee else 0)  # 5,000 less 15 %
    ahead = can_cancel and by is Actor.SEEKER and not is_late
    assert (preview.free_until is not None) is ahead
    if is_late and can_cancel and by is Actor.SEEKER:
        assert "hours before the start" not in preview.policy
    if can_cancel and by is Actor.SEEKER:
        is_free = not (is_late and status is Status.CONFIRMED)
        assert preview.policy.startswith("Free until") is is_free
