"""Refunds and disputes that Stripe reports before their capture is recorded here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.payments.reconcile.report import compare
from services.payments.tests.actors import Booking, Payments
from services.payments.tests.test_refunds import net
from shared import clock


async def handle_later(payments: Payments) -> None:
    """Handles the events that were to be looked at again, and does what they lead to."""
    await payments.receive_events()
    for number in range(1, 4):
        with clock.shifted(timedelta(hours=2 * number)):
            await payments.work()
            await payments.handle_due()
            await payments.work()


async def captured_intents(payments: Payments, booking: Booking) -> list[Any]:
    found = await payments.stripe.intents(booking.id)
    return [one for one in found if one["status"] == "succeeded"]


async def capture_by_hand(payments: Payments, booking: Booking) -> str:
    (intent,) = await payments.stripe.intents(booking.id)
    await payments.stripe.post(f"/v1/payment_intents/{intent['id']}/capture")
    charge: str = intent["latest_charge"]
    return charge


async def take_back(payments: Payments, how: str, charge: str) -> None:
    """In Stripe's Dashboard, or by the cardholder's bank."""
    if how == "refund":
        await payments.stripe.post("/v1/refunds", charge=charge)
    else:
        await payments.stripe.control("disputes", charge=charge)


async def check_taken_back(payments: Payments, booking: Booking, how: str) -> None:
    assert await booking.status() == ("refunded" if how == "refund" else "disputed")
    assert await net(payments, booking) == 0
    assert await payments.ledger_sum() == 0
    assert await compare(payments.state.context) == []


async def take_back_in_doubt(payments: Payments, booking: Booking, how: str, paid: Any) -> None:
    """Stripe reports it before the step that took the money has learned of its success."""
    await take_back(payments, how, paid["latest_charge"])
    await payments.receive_events()
    await payments.outlast(2)
    await handle_later(payments)
    await check_taken_back(payments, booking, how)


@pytest.mark.parametrize("how", ["refund", "dispute"])
async def test_what_is_taken_back_of_a_capture_by_hand_may_be_reported_before_it(
    payments: Payments, booking: Booking, how: str
) -> None:
    await booking.authorize()
    await take_back(payments, how, await capture_by_hand(payments, booking))
    events = await payments.stripe.new_events()
    for event in sorted(events, key=lambda one: one["type"].startswith("payment_intent.")):
        await payments.deliver_webhook(event)
        await payments.handle()
    await handle_later(payments)
    await check_taken_back(payments, booking, how)


@pytest.mark.parametrize("how", ["refund", "dispute"])
async def test_what_is_taken_back_of_a_capture_in_doubt_waits_for_it(
    payments: Payments, booking: Booking, how: str
) -> None:
    await booking.authorize()
    await payments.stripe.fail_next("/v1/payment_intents/*/capture", "timeout_after")
    await booking.deliver(booking.ended())
    await payments.work()
    (intent,) = await payments.stripe.intents(booking.id)
    await take_back_in_doubt(payments, booking, how, intent)


@pytest.mark.parametrize("how", ["refund", "dispute"])
async def test_what_is_taken_back_of_a_charge_in_doubt_waits_for_it(
    payments: Payments, booking: Booking, how: str
) -> None:
    """The hold was lost, and the answer to the charge as well: its id is not known here yet."""
    await booking.authorize()
    (intent,) = await payments.stripe.intents(booking.id)
    await payments.stripe.post(f"/v1/payment_intents/{intent['id']}/cancel")
    await payments.stripe.new_events()  # lost
    await payments.stripe.fail_next("/v1/payment_intents", "timeout_after")
    await booking.deliver(booking.ended())
    await payments.work()
    (paid,) = await captured_intents(payments, booking)
    await take_back_in_doubt(payments, booking, how, paid)


async def test_holds_that_were_let_go_leave_no_event_to_be_looked_at_again(
    payments: Payments, booking: Booking
) -> None:
    await booking.authorize()
    await booking.deliver(booking.cancelled())
    await payments.settle()
    await payments.settle()
    rows = await payments.harness.sql("select type from stripe_events where state = 'pending'")
    assert [row["type"] for row in rows] == []
