"""Amounts in responses are correct for their reader at that moment, in every state."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from services.booking.domain.model import LIVE, Booking, PaymentStatus, Status
from services.booking.domain.policy import charged, earned
from services.booking.tests.bookings import AT, booking_at
from services.booking.tests.conftest import Market
from shared import clock
from shared.events import (
    PaymentCaptured,
    PaymentDisputed,
    PaymentRefunded,
    PaymentReleased,
    PayoutSent,
)


def booking(status: Status, payment_status: PaymentStatus, **more: Any) -> Booking:
    return booking_at(AT, status, hourly_rate=10_000, payment_status=payment_status, **more)


@pytest.mark.parametrize(("status", "payment"), list(product(Status, PaymentStatus)))
def test_every_state_says_what_was_taken_or_nothing_yet(
    status: Status, payment: PaymentStatus
) -> None:
    """Where payments has reported the amount, and where it reported before amounts were kept."""
    under_way = payment in (PaymentStatus.AUTHORIZING, PaymentStatus.AUTHORIZED)
    reported = charged(booking(status, payment, charged_amount=5_001))
    old = charged(booking(status, payment))
    if status in LIVE or under_way:
        assert reported is None
        assert old is None
    elif payment is PaymentStatus.CAPTURED:
        assert reported == 5_001
        assert old == (10_000 if status is Status.COMPLETED else 5_000)
    elif payment in (PaymentStatus.REFUNDED, PaymentStatus.DISPUTED):
        assert (reported, old) == (5_001, 0)
    else:
        assert reported == old == 0
    after = earned(booking(status, payment, charged_amount=5_001))
    assert after == (None if reported is None else {5_001: 4_251, 0: 0}[reported])


@pytest.mark.parametrize("fee", [0, 1_234])
def test_what_was_captured_before_amounts_were_kept_is_the_fee_that_was_due(fee: int) -> None:
    cancelled = booking(Status.CANCELLED, PaymentStatus.CAPTURED, cancellation_fee=fee)
    assert charged(cancelled) == fee


# ---- as the two parties read it


async def said(market: Market, booking: dict[str, Any]) -> tuple[Any, Any, Any, Any]:
    """`charged` and `earned` for the seeker, then for the consultant; lists say the same."""
    found: list[Any] = []
    for user in (market.seeker, market.consultant):
        one = await market.read(booking, user)
        listed = (await market.harness.get("/bookings/me", user=user)).json()["items"]
        (same,) = [other for other in listed if other["id"] == booking["id"]]
        assert (same["charged"], same["earned"]) == (one["charged"], one["earned"])
        found += [one["charged"], one["earned"]]
    return (found[0], found[1], found[2], found[3])


def event(kind: type[Any], booking: dict[str, Any], amount: int, **more: Any) -> Any:
    return kind(
        booking_id=UUID(booking["id"]),
        payment_intent_id="pi_1",
        amount=amount,
        currency="usd",
        **more,
    )


NOTHING_YET = (None, None, None, None)


@pytest.mark.parametrize("state", ["requested", "accepted", "unpaid", "confirmed", "in_progress"])
async def test_live_booking_says_nothing_of_what_it_will_cost(market: Market, state: str) -> None:
    assert await said(market, await getattr(market, state)()) == NOTHING_YET


async def test_declined_booking_costs_nothing_and_earns_nothing(market: Market) -> None:
    booking = await market.requested()
    await market.do("decline", booking, market.consultant)
    assert await said(market, booking) == (0, None, 0, 0)


async def test_late_cancellation_says_the_fee_and_the_share_of_it(market: Market) -> None:
    booking = await market.confirmed(starts_in=timedelta(hours=2))
    await market.do("cancel", booking, market.seeker)
    assert await said(market, booking) == NOTHING_YET  # the bank has not answered yet
    fee = booking["amount"] // 2
    await market.harness.deliver(event(PaymentCaptured, booking, fee, reason="cancelled"))
    share = fee - fee * 15 // 100
    assert await said(market, booking) == (fee, None, fee, share)


async def test_free_cancellation_and_free_session_cost_nothing(market: Market) -> None:
    booking = await market.confirmed(starts_in=timedelta(days=3))
    await market.do("cancel", booking, market.seeker)
    await market.harness.deliver(event(PaymentReleased, booking, booking["amount"]))
    assert await said(market, booking) == (0, None, 0, 0)


async def test_session_refund_and_dispute(market: Market) -> None:
    booking = await market.completed()
    amount = booking["amount"]
    await market.harness.deliver(event(PaymentCaptured, booking, amount))
    assert await said(market, booking) == (amount, None, amount, amount - amount * 15 // 100)
    kept = amount - 1_000
    await market.harness.deliver(
        event(PaymentRefunded, booking, 1_000, kept_amount=kept, payment_status="captured")
    )
    assert (await said(market, booking))[::2] == (kept, kept)
    for reason, left in (("opened", 0), ("won", kept)):
        status = "disputed" if reason == "opened" else "captured"
        await market.harness.deliver(
            event(
                PaymentDisputed,
                booking,
                kept,
                reason=reason,
                kept_amount=left,
                payment_status=status,
            )
        )
        assert (await said(market, booking))[::2] == (left, left)


async def test_both_parties_read_every_change_payouts_included(market: Market) -> None:
    booking = await market.completed()
    await market.harness.deliver(
        PayoutSent(
            user_id=market.consultant.id,
            booking_id=UUID(booking["id"]),
            state="paid",
            amount=8_500,
            currency="usd",
        )
    )

    async def events(user: Any) -> list[str]:
        path, found = f"/bookings/{booking['id']}/timeline?limit=2", list[str]()
        cursor = ""
        while True:
            page = (await market.harness.get(f"{path}{cursor}", user=user)).json()
            found += [entry["event"] for entry in page["items"]]
            if page["next_cursor"] is None:
                return found
            cursor = f"&cursor={page['next_cursor']}"

    with clock.shifted(timedelta(seconds=1)):
        theirs = await events(market.consultant)
        assert theirs.count("payout.sent") == 1
        assert await events(market.seeker) == theirs
