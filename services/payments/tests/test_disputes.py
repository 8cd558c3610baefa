"""Money that a cardholder's bank takes, and gives back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.payments.commands.disputes import check_dispute
from services.payments.stripe_api import Stripe, disputes
from services.payments.tests.actors import Booking, Make, Payments
from services.payments.tests.test_refunds import balances, net, refund
from shared import clock
from shared.events import PaymentDisputed, PaymentRefunded


@pytest.mark.parametrize("outcome", ["won", "lost"])
async def test_dispute(payments: Payments, captured: Booking, outcome: str) -> None:
    charge = (await payments.payment(captured.id))["charge_id"]
    await payments.stripe.control("disputes", charge=charge)
    await payments.settle()
    assert await captured.status() == "disputed"
    assert await net(payments, captured) == 0
    assert (await refund(captured)).json()["code"] == "payment_disputed"
    await payments.stripe.control("disputes", charge=charge, outcome=outcome)
    await payments.settle()
    assert [one.reason for one in await captured.emitted(PaymentDisputed)] == ["opened", outcome]
    won = outcome == "won"
    assert await captured.status() == ("captured" if won else "disputed")
    assert await net(payments, captured) == (8_500 if won else 0)
    assert (await payments.payout(captured.id))["status"] == ("paid" if won else "reversed")
    assert await balances(payments) == (
        {"consultant": 8_500, "commission": 1_500, "seeker": -10_000}
        if won
        else {"consultant": 0, "commission": 0, "seeker": 0}
    )


async def test_older_look_at_a_dispute_does_not_undo_a_newer_one(
    payments: Payments, captured: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge = (await payments.payment(captured.id))["charge_id"]
    made = await payments.stripe.control("disputes", charge=charge)
    database, stripe, look = payments.harness.database, payments.state.stripe, disputes.dispute

    async def look_slowly(stripe: Stripe, dispute_id: str) -> disputes.Dispute:
        monkeypatch.setattr(disputes, "dispute", look)
        seen = await look(stripe, dispute_id)
        await payments.stripe.control("disputes", charge=charge, outcome="lost")
        await check_dispute(database, stripe, dispute_id)
        return seen

    monkeypatch.setattr(disputes, "dispute", look_slowly)
    await check_dispute(database, stripe, made["id"])
    (row,) = await payments.harness.sql("select status, outcome, fee from disputes")
    assert tuple(row) == ("lost", "lost", 1_500)
    await payments.settle()
    reasons = [one.reason for one in await captured.emitted(PaymentDisputed)]
    assert reasons == ["opened", "lost"]


async def test_dispute_before_the_payout_freezes_it(make_payments: Make) -> None:
    payments = await make_payments(payout_delay_seconds="3600")
    booking = Booking(payments, await payments.seeker(), await payments.consultant())
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.settle()
    charge = (await payments.payment(booking.id))["charge_id"]
    await payments.stripe.control("disputes", charge=charge)
    await payments.settle()
    await payments.later(4_000)
    assert await payments.stripe.transfers(booking.id) == []
    await payments.stripe.control("disputes", charge=charge, outcome="won")
    with clock.shifted(timedelta(seconds=4_000)):
        await payments.settle()
    (transfer,) = await payments.stripe.transfers(booking.id)
    assert transfer["amount"] == 8_500


@pytest.mark.parametrize("first", ["charge.refunded", "charge.dispute.created"])
async def test_refund_and_dispute_end_at_the_same_figures_whichever_is_received_first(
    payments: Payments, booking: Booking, first: str
) -> None:
    """15 % of 5,337 less that of 3,115 and that of 2,222, each rounded by itself, would be a cent
    too much.
    """
    disputed = Booking(payments, booking.seeker, booking.consultant, amount=5_337)
    await disputed.authorize()
    await disputed.deliver(disputed.ended())
    await payments.settle()
    row = await payments.payment(disputed.id)
    await payments.stripe.post("/v1/refunds", payment_intent=row["payment_intent_id"], amount=2_222)
    await payments.stripe.control("disputes", charge=row["charge_id"])
    for event in sorted(await payments.stripe.new_events(), key=lambda one: one["type"] != first):
        await payments.deliver_webhook(event)
        await payments.handle()
    await payments.work()
    assert await balances(payments) == {"consultant": 0, "commission": 0, "seeker": 0}
    assert await net(payments, disputed) == 0
    await payments.stripe.control("disputes", charge=row["charge_id"], outcome="won")
    await payments.settle()
    assert await balances(payments) == {"consultant": 2_648, "commission": 467, "seeker": -3_115}
    assert await net(payments, disputed) == 2_648
    assert (await disputed.emitted(PaymentRefunded))[0].payment_status == (
        "captured" if first == "charge.refunded" else "disputed"
    )


async def test_dispute_that_is_won_after_all_was_refunded_leaves_it_refunded(
    payments: Payments, captured: Booking
) -> None:
    row = await payments.payment(captured.id)
    await payments.stripe.control("disputes", charge=row["charge_id"], outcome="won")
    await payments.stripe.post("/v1/refunds", payment_intent=row["payment_intent_id"])
    events = await payments.stripe.new_events()
    for event in sorted(events, key=lambda one: one["type"] != "charge.refunded"):
        await payments.deliver_webhook(event)
        await payments.handle()
    await payments.work()
    assert await captured.status() == "refunded"
    assert (await captured.emitted(PaymentDisputed))[-1].payment_status == "refunded"
    assert await net(payments, captured) == 0
