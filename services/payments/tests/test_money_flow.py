"""The main road: accepted, held, captured, sent."""

from __future__ import annotations

from services.payments.tests.actors import Booking, Payments
from shared.events import PaymentAuthorized, PaymentCaptured, PaymentReleased, PayoutSent


async def test_accept_to_payout(payments: Payments, booking: Booking) -> None:
    await booking.authorize()
    (authorized,) = await booking.emitted(PaymentAuthorized)
    (intent,) = await payments.stripe.intents(booking.id)
    assert intent["status"] == "requires_capture"
    assert authorized.payment_intent_id == intent["id"]
    assert (await payments.payment(booking.id))["capture_before"] is not None
    assert intent["transfer_group"] == intent["metadata"]["booking_id"] == str(booking.id)

    await booking.deliver(booking.ended())
    await payments.settle()
    (captured,) = await booking.emitted(PaymentCaptured)
    assert (captured.amount, captured.commission_amount) == (10_000, 1_500)
    (transfer,) = await payments.stripe.transfers(booking.id)
    assert (transfer["amount"], transfer["source_transaction"]) == (8_500, intent["latest_charge"])
    (sent,) = await booking.emitted(PayoutSent)
    assert (sent.state, sent.amount) == ("paid", 8_500)
    assert (await payments.payout(booking.id))["transfer_id"] == transfer["id"]
    assert await payments.ledger_sum() == 0
    row = await payments.payment(booking.id)
    assert (row["status"], row["captured_amount"]) == ("captured", 10_000)


async def test_free_session_is_released(payments: Payments, booking: Booking) -> None:
    await booking.authorize()
    await booking.deliver(booking.ended(billable=False))
    await payments.settle()
    (intent,) = await payments.stripe.intents(booking.id)
    assert intent["status"] == "canceled"
    assert len(await booking.emitted(PaymentReleased)) == 1
    assert await booking.emitted(PaymentCaptured) == []
