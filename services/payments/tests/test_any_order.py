"""Any order of facts, faults, crashes, clock jumps and shuffled events ends with the money where it
belongs.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.payments.reconcile.report import compare
from services.payments.tests.actors import Booking, Payments
from shared import clock
from shared.money import share

PATHS = (
    "/v1/payment_intents",
    "/v1/payment_intents/*/capture",
    "/v1/payment_intents/*/cancel",
    "/v1/transfers",
    "/v1/transfers/*/reversals",
    "/v1/refunds",
)
CARDS = (
    "pm_card_visa",
    "pm_card_mastercard",
    "pm_card_chargeCustomerFail",
    "pm_card_authenticationRequired",
)

FAULTS = st.tuples(
    st.sampled_from(PATHS), st.sampled_from(["500", "500_after", "429", "409", "timeout_after"])
)
WEATHER = (
    st.tuples(st.just("fail"), FAULTS),
    st.tuples(st.just("work"), st.none()),
    st.tuples(st.just("crash"), st.none()),
    st.tuples(st.just("receive"), st.integers(0, 99)),
)
BEFORE = st.one_of(
    *WEATHER,
    st.tuples(st.just("accept"), st.integers(1, 3)),
    st.tuples(st.just("card"), st.sampled_from(CARDS)),
    st.tuples(st.just("lapse"), st.none()),
)
DECISION = st.tuples(
    st.just("decide"), st.sampled_from(["ended", "fee", "ended", "free", "missed", "cancelled"])
)
AFTER = st.one_of(
    *WEATHER,
    DECISION,
    st.tuples(st.just("accept"), st.integers(1, 3)),
    st.tuples(st.just("card"), st.sampled_from(CARDS)),
    st.tuples(st.just("refund"), st.sampled_from([1, 333, 1_000, 4_321, 10_000])),
    st.tuples(st.just("refund_by_hand"), st.sampled_from([1, 333, 4_321])),
    st.tuples(st.just("dispute"), st.sampled_from([None, "won", "lost"])),
)


@st.composite
def scripts(draw: st.DrawFn) -> list[tuple[str, Any]]:
    """Accepted in some weather, decided, perhaps done, and what may come after."""
    before = draw(st.lists(BEFORE, max_size=4))
    done = draw(st.sampled_from([[], [("work", None), ("receive", 1)]]))
    return [("accept", 1), *before, draw(DECISION), *done, *draw(st.lists(AFTER, max_size=6))]


class Scenario:
    """One booking, the events and steps applied to it, and the expected decision."""

    def __init__(self, payments: Payments, booking: Booking) -> None:
        self.payments, self.booking = payments, booking
        self.due: int | None = None
        self.received: list[Any] = []

    async def accept(self, attempt: int) -> None:
        await self.booking.deliver(self.booking.accepted(attempt))

    async def decide(self, how: str) -> None:
        booking = self.booking
        event, due = {
            "ended": (booking.ended(), booking.amount),
            "free": (booking.ended(billable=False), 0),
            "missed": (booking.missed(), 0),
            "cancelled": (booking.cancelled(), 0),
            "fee": (booking.cancelled(fee=4_321), 4_321),
        }[how]
        await booking.deliver(event)
        if self.due is None:
            self.due = due

    async def work(self, _: None) -> None:
        await self.payments.work()

    async def crash(self, _: None) -> None:
        """The process dies after its next calls, before it has recorded what they did."""

        async def die(*_: Any, **__: Any) -> None:
            raise RuntimeError("killed")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.payments.state.worker, "_record", die)
            await self.payments.work()

    async def receive(self, seed: int) -> None:
        """Stripe's events, shuffled and twice, with all that were received before."""
        self.received += await self.payments.stripe.new_events()
        events = self.received[-30:] * 2
        random.Random(seed).shuffle(events)
        for event in events:
            await self.payments.deliver_webhook(event)
        await self.payments.handle()

    async def fail(self, what: tuple[str, str]) -> None:
        await self.payments.stripe.fail_next(*what)

    async def card(self, token: str) -> None:
        await self.payments.harness.sql("update cards set payment_method_id = $1", token)

    async def lapse(self, _: None) -> None:
        await self.payments.stripe.advance(5 * 86_400)

    async def refund(self, amount: int) -> None:
        await self.payments.harness.post(
            f"/payments/{self.booking.id}/refund",
            user=self.booking.consultant,
            json={"reason": "because", "amount": amount},
        )

    async def refund_by_hand(self, amount: int) -> None:
        """In the Dashboard, which may know of a capture before this service does."""
        for intent in await self.payments.stripe.intents(self.booking.id):
            if intent["status"] == "succeeded":
                form = {"charge": intent["latest_charge"], "amount": amount}
                await self.payments.stripe.http.post("/v1/refunds", data=form)

    async def dispute(self, outcome: str | None) -> None:
        row = await self.payments.payment(self.booking.id)
        if row is not None and row["captured_amount"] > 0:
            body = {"charge": row["charge_id"]} | ({"outcome": outcome} if outcome else {})
            await self.payments.stripe.http.post("/_sandbox/disputes", json=body)

    async def end(self) -> None:
        """The weather clears: booking decides if it has not, and everything put off is done."""
        await self.payments.stripe.http.post("/_sandbox/fail_next", json={})
        if self.due is None:
            await self.decide("cancelled")
        for number in range(1, 7):
            with clock.shifted(timedelta(seconds=700 * number)):
                await self.payments.work()
                await self.payments.receive_events()


async def check(scenario: Scenario) -> None:
    payments, booking = scenario.payments, scenario.booking
    row = await payments.payment(booking.id)
    open_steps = [
        one
        for one in await payments.operations(booking.id)
        if one["state"] in ("due", "running", "waiting")
    ]
    assert open_steps == []
    assert await payments.ledger_sum() == 0
    assert [
        one for one in await compare(payments.state.context) if one.subject == str(booking.id)
    ] == []
    live = [
        one
        for one in await payments.stripe.intents(booking.id)
        if one["status"] == "requires_capture"
    ]
    assert live == []
    assert row["status"] in ("none", "captured", "released", "refunded", "disputed", "failed")
    if row["status"] in ("none", "failed"):
        assert row["captured_amount"] == 0
        assert row["status"] == "none" or scenario.due  # owed, and the card does not pay
    else:
        assert row["captured_amount"] == (0 if row["status"] == "released" else scenario.due)
    await check_payout(scenario, row)


async def check_payout(scenario: Scenario, row: Any) -> None:
    payments, booking = scenario.payments, scenario.booking
    sent = sum(
        one["amount"] - one["amount_reversed"]
        for one in await payments.stripe.transfers(booking.id)
    )
    kept = row["captured_amount"] - row["refunded_amount"]
    whole = kept - share(kept, row["commission_bps"])
    assert sent == (0 if row["status"] == "disputed" else whole)


Step = Callable[[Any], Awaitable[None]]


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(script=scripts())
async def test_any_order_ends_well(
    payments: Payments, booking: Booking, script: list[tuple[str, Any]]
) -> None:
    await payments.harness.sql("update cards set payment_method_id = 'pm_card_visa'")
    scenario = Scenario(payments, Booking(payments, booking.seeker, booking.consultant))
    for verb, argument in script:
        step: Step = getattr(scenario, verb)
        await step(argument)
    await scenario.end()
    await check(scenario)
