"""What nobody acts on is acted on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.payments.jobs.sweep import sweep
from services.payments.tests.actors import Booking, Payments
from shared import clock


async def aged(payments: Payments) -> None:
    await payments.harness.sql("update payments set updated_at = updated_at - interval '1 hour'")
    await payments.harness.sql("update payouts set created_at = created_at - interval '1 hour'")
    await sweep(payments.harness.database)
    await payments.settle()


async def test_missing_capture_is_planned(payments: Payments, booking: Booking) -> None:
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.harness.sql("delete from operations where kind = 'capture'")
    await aged(payments)
    assert await booking.status() == "captured"


async def test_missing_authorization_is_planned(payments: Payments, booking: Booking) -> None:
    await booking.deliver(booking.accepted())
    await payments.harness.sql("delete from operations where kind = 'authorize'")
    await aged(payments)
    assert await booking.status() == "authorized"


async def test_missing_transfer_is_planned(payments: Payments, booking: Booking) -> None:
    await booking.authorize()
    await booking.deliver(booking.ended())
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(payments.state.worker._kinds, "transfer", None)
        await payments.work()
    await payments.harness.sql("delete from operations where kind = 'transfer'")
    await aged(payments)
    assert (await payments.payout(booking.id))["status"] == "paid"


async def test_hold_without_a_decision_is_released(payments: Payments, booking: Booking) -> None:
    await booking.authorize()
    await aged(payments)
    assert await booking.status() == "authorized"
    lapses = (await payments.payment(booking.id))["capture_before"]
    with clock.shifted(lapses - timedelta(hours=3) - clock.now()):
        await aged(payments)
        assert await booking.status() == "authorized"
    with clock.shifted(lapses - timedelta(hours=1) - clock.now()):
        await aged(payments)
    assert await booking.status() == "released"
    (intent,) = await payments.stripe.intents(booking.id)
    assert intent["status"] == "canceled"


async def test_healthy_payments_are_left_alone(payments: Payments, captured: Booking) -> None:
    held = Booking(payments, captured.seeker, captured.consultant)
    await held.authorize()
    before = await payments.operations(held.id) + await payments.operations(captured.id)
    await aged(payments)
    assert await payments.operations(held.id) + await payments.operations(captured.id) == before


async def test_payment_without_a_hold_or_a_decision_is_closed(
    payments: Payments, booking: Booking
) -> None:
    await payments.harness.sql("update cards set payment_method_id = 'pm_card_chargeCustomerFail'")
    await booking.authorize()
    assert await booking.status() == "failed"
    with clock.shifted(timedelta(days=2)):
        await aged(payments)
        assert await booking.status() == "failed"
    with clock.shifted(timedelta(days=4)):
        await aged(payments)
    assert await booking.status() == "released"
