"""Stripe tells how a capture has settled only some time after it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.payments.jobs.sweep import sweep
from services.payments.stripe_api import Stripe
from services.payments.stripe_api import refunds as stripe_refunds
from services.payments.stripe_api.refunds import Refund
from services.payments.tests.actors import Booking, Payments
from services.payments.tests.documents import rows_of
from services.payments.tests.test_settlement import agree, end, ledger


async def test_capture_that_settles_late_is_paid_out_when_it_has(
    payments: Payments, euros: Booking
) -> None:
    await payments.stripe.control("settlement", late=True)
    await end(euros)
    assert await euros.status() == "captured"
    assert await payments.payout(euros.id) is None
    assert await ledger(payments) == {("seeker", "eur"): -10_000, ("platform", "eur"): 10_000}
    charge = (await payments.payment(euros.id))["charge_id"]
    await payments.stripe.control("disputes", charge=charge)
    await payments.receive_events()  # of a dispute whose rate is not known yet
    assert await payments.harness.sql("select from disputes") == []
    await payments.stripe.control("settlement", late=False)
    await payments.settle()
    await payments.harness.sql(
        "update stripe_events set due_at = received_at where state = 'pending'"
    )
    await payments.settle()
    assert (await payments.payment(euros.id))["stripe_fee"] == 342
    assert await euros.status() == "disputed"
    await agree(payments)


async def test_capture_is_in_the_consultants_statement_once_it_has_settled(
    payments: Payments, euros: Booking
) -> None:
    """Until then it would be all commission, in the currency of the card."""
    await payments.stripe.control("settlement", late=True)
    await end(euros)
    assert await rows_of(payments, euros.consultant) == []
    (paid,) = await rows_of(payments, euros.seeker)
    assert (paid["net_amount"], paid["currency"]) == ("100.00", "eur")
    await payments.stripe.control("settlement", late=False)
    await payments.outlast(1)
    await payments.settle()
    (earned,) = await rows_of(payments, euros.consultant)
    assert (earned["commission_amount"], earned["net_amount"]) == ("16.12", "91.33")


async def test_late_settlement_is_looked_for_also_without_an_event(
    payments: Payments, booking: Booking
) -> None:
    await payments.stripe.control("settlement", late=True)
    await end(booking)
    await payments.stripe.control("settlement", late=False)
    await payments.stripe.new_events()  # lost
    await payments.outlast(1)
    await payments.settle()
    payout, payment = await payments.payout(booking.id), await payments.payment(booking.id)
    assert payout["status"] == "paid"
    delay = payments.state.settings.payout_delay_seconds
    assert payout["available_on"] - payment["captured_at"] == timedelta(seconds=delay)
    await agree(payments)


async def test_missing_settlement_step_is_planned(payments: Payments, booking: Booking) -> None:
    await payments.stripe.control("settlement", late=True)
    await end(booking)
    await payments.harness.sql("delete from operations where kind = 'settle'")
    await payments.stripe.control("settlement", late=False)
    await payments.stripe.new_events()
    await payments.harness.sql("update payments set updated_at = updated_at - interval '1 hour'")
    await sweep(payments.harness.database)
    await payments.settle()
    assert (await payments.payout(booking.id))["status"] == "paid"
    await agree(payments)


async def test_refund_waits_for_the_settlement(payments: Payments, euros: Booking) -> None:
    await payments.stripe.control("settlement", late=True)
    await end(euros)
    path, body = f"/payments/{euros.id}/refund", {"reason": "all of it"}
    await payments.harness.post(path, user=euros.consultant, json=body)
    await payments.work()
    assert (await payments.payment(euros.id))["refunded_amount"] == 0
    await payments.stripe.control("settlement", late=False)
    await payments.outlast(2)
    await payments.settle()
    assert await euros.status() == "refunded"
    assert (await payments.payout(euros.id))["sent_amount"] == 0
    await agree(payments)


async def test_refund_that_fails_is_bought_back_once_its_rate_is_known(
    payments: Payments, euros: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    await end(euros)
    charge = (await payments.payment(euros.id))["charge_id"]
    made = await payments.stripe.post("/v1/refunds", charge=charge, amount=4_000)
    await payments.settle()
    listed = stripe_refunds.refunds_of

    async def without_the_return(stripe: Stripe, charge_id: str) -> list[Refund]:
        found = await listed(stripe, charge_id)
        return [
            Refund(one.id, one.amount, one.status, one.metadata, one.settlement) for one in found
        ]

    monkeypatch.setattr(stripe_refunds, "refunds_of", without_the_return)
    await payments.stripe.control(f"refunds/{made['id']}/return")
    await payments.settle()
    monkeypatch.setattr(stripe_refunds, "refunds_of", listed)
    await payments.stripe.post(f"/v1/refunds/{made['id']}", **{"metadata[seen]": "1"})
    await payments.settle()
    assert await euros.status() == "captured"
    await agree(payments)
