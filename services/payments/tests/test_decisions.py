"""What the booking has decided is what is charged, whatever the card or the Dashboard did."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.payments.stripe_api import intents
from services.payments.tests.actors import Booking, Payments
from shared.events import PaymentCaptured, PaymentFailed, PaymentReleased


async def test_seeker_who_never_came_owes_the_share(payments: Payments, booking: Booking) -> None:
    await booking.authorize()
    await booking.deliver(booking.missed(fee=5_000))
    await payments.settle()
    (captured,) = await booking.emitted(PaymentCaptured)
    assert (captured.amount, captured.reason) == (5_000, "no_show")


async def test_no_more_than_the_price_is_ever_due(payments: Payments, booking: Booking) -> None:
    await booking.authorize()
    await booking.deliver(booking.missed(fee=booking.amount + 1))
    await payments.settle()
    (captured,) = await booking.emitted(PaymentCaptured)
    assert captured.amount == booking.amount


async def test_cancellation_received_before_the_acceptance_is_reported_as_released(
    payments: Payments, booking: Booking
) -> None:
    await booking.deliver(booking.cancelled())
    assert await booking.emitted(PaymentReleased) == []
    await booking.deliver(booking.accepted())
    (released,) = await booking.emitted(PaymentReleased)
    assert (released.payment_intent_id, released.amount) == (None, 0)
    assert await booking.status() == "released"


async def test_decline_is_not_announced_of_a_booking_that_was_cancelled_meanwhile(
    payments: Payments, booking: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = intents.create_intent

    async def cancelled_before(*args: Any, **kwargs: Any) -> Any:
        await booking.deliver(booking.cancelled())
        return await create(*args, **kwargs)

    monkeypatch.setattr(intents, "create_intent", cancelled_before)
    await payments.harness.sql("update cards set payment_method_id = 'pm_card_chargeCustomerFail'")
    await booking.authorize()
    assert await booking.emitted(PaymentFailed) == []
    (released,) = await booking.emitted(PaymentReleased)
    (intent,) = await payments.stripe.intents(booking.id)
    assert (released.payment_intent_id, released.amount) == (intent["id"], 0)
    assert (await booking.status(), intent["status"]) == ("released", "canceled")


@pytest.mark.parametrize("first", ["captured", "decided"])
@pytest.mark.parametrize("due", [0, 4_000])
async def test_what_was_captured_by_hand_beyond_what_is_due_is_given_back(
    payments: Payments, booking: Booking, first: str, due: int
) -> None:
    await booking.authorize()
    (intent,) = await payments.stripe.intents(booking.id)
    decision = booking.cancelled(fee=due) if due else booking.ended(billable=False)
    if first == "decided":
        await booking.deliver(decision)
    await payments.stripe.post(f"/v1/payment_intents/{intent['id']}/capture")
    if first == "captured":
        await payments.receive_events()
        await booking.deliver(decision)
    await payments.settle()
    row = await payments.payment(booking.id)
    assert row["captured_amount"] - row["refunded_amount"] == due
    assert row["status"] == ("captured" if due else "refunded")
    sent = await payments.stripe.transfers(booking.id)
    net = sum(one["amount"] - one["amount_reversed"] for one in sent)
    assert net == due - due * 1500 // 10_000
    assert await payments.ledger_sum() == 0


async def test_removed_card_is_not_charged_while_its_detaching_waits(
    payments: Payments, booking: Booking
) -> None:
    await payments.stripe.fail_next("/v1/payment_methods/*/detach", "500", 5)
    await payments.harness.delete("/payments/payment-method", user=booking.seeker)
    await booking.deliver(booking.accepted())
    await payments.work()
    (failed,) = await booking.emitted(PaymentFailed)
    assert failed.reason == "no_payment_method"
    assert await payments.stripe.intents(booking.id) == []


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("another", [False, True])
async def test_removed_card_is_not_charged_by_a_step_in_doubt(
    payments: Payments, booking: Booking, done: bool, another: bool
) -> None:
    """The first try has had no answer. What it did counts; what it did not do is not done with the
    card that was removed meanwhile, though its detaching waits as well.
    """
    mode = "timeout_after" if done else "timeout_before"
    await payments.stripe.fail_next("/v1/payment_intents", mode)
    await booking.deliver(booking.accepted())
    await payments.work()
    (step,) = await payments.operations(booking.id)
    assert step["in_doubt"]
    removed = json.loads(step["params"])["payment_method"]
    await payments.stripe.fail_next("/v1/payment_methods/*/detach", "500", 2)
    assert (
        await payments.harness.delete("/payments/payment-method", user=booking.seeker)
    ).status_code == 204
    if another:
        await payments.save_card(booking.seeker)
    await payments.outlast(6)
    await payments.receive_events()
    intents = await payments.stripe.intents(booking.id)
    if done:
        assert await booking.status() == "authorized"
        assert [one["payment_method"] for one in intents] == [removed]
    elif another:
        assert await booking.status() == "authorized"
        (intent,) = intents
        assert intent["payment_method"] not in (removed, None)
    else:
        assert (await payments.payment(booking.id))["failure"] == "no_payment_method"
        assert intents == []
