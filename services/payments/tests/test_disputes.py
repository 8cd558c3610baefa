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
async def test_dispute_withholds_the_money_until_it_is_decided(
    payments: Payments, captured: Booking, outcome: str
) -> None:
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


# ---- disputes of a part, and several of one charge


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch) -> dict[str, disputes.Dispute]:
    """Disputes that Stripe reports in addition to the sandbox's, of which a charge has only one."""
    known: dict[str, disputes.Dispute] = {}
    look = disputes.dispute

    async def read(stripe: Stripe, dispute_id: str) -> disputes.Dispute:
        return known.get(dispute_id) or await look(stripe, dispute_id)

    monkeypatch.setattr(disputes, "dispute", read)
    return known


def a_dispute(charge: str, amount: int, status: str) -> disputes.Dispute:
    """A dispute whose funds have not moved."""
    return disputes.Dispute(
        id="du_other",
        charge_id=charge,
        amount=amount,
        currency="usd",
        reason="fraudulent",
        status=status,
        withdrawn=None,
        reinstated=None,
        withdrawal_id=None,
    )


async def report(
    payments: Payments, reported: dict[str, disputes.Dispute], dispute: disputes.Dispute
) -> None:
    reported[dispute.id] = dispute
    await check_dispute(payments.harness.database, payments.state.stripe, dispute.id)
    await payments.settle()


@pytest.mark.parametrize("outcome", ["won", "lost"])
async def test_payment_is_disputed_until_the_last_of_its_disputes_is_decided(
    payments: Payments, captured: Booking, reported: dict[str, disputes.Dispute], outcome: str
) -> None:
    charge = (await payments.payment(captured.id))["charge_id"]
    await payments.stripe.control("disputes", charge=charge, amount=4_000)
    await payments.settle()
    await report(payments, reported, a_dispute(charge, 3_000, "needs_response"))
    assert await net(payments, captured) == 2_550
    rows = await payments.harness.sql(
        "select charge_amount, commission_amount, share from disputes order by charge_amount"
    )
    assert [tuple(row) for row in rows] == [(3_000, 450, 2_550), (4_000, 600, 3_400)]
    await payments.stripe.control("disputes", charge=charge, outcome="won")
    await payments.settle()
    assert await captured.status() == "disputed"
    assert (await captured.emitted(PaymentDisputed))[-1].payment_status == "disputed"
    assert (await refund(captured)).json()["code"] == "payment_disputed"
    assert await net(payments, captured) == 5_950
    await report(payments, reported, a_dispute(charge, 3_000, outcome))
    won = outcome == "won"
    assert await captured.status() == "captured"
    decided = (await captured.emitted(PaymentDisputed))[-1]
    assert (decided.payment_status, decided.kept_amount) == ("captured", 10_000 if won else 7_000)
    assert await net(payments, captured) == (8_500 if won else 5_950)
    answer = await refund(captured)
    assert answer.status_code == (202 if won else 409)
    assert won or answer.json()["code"] == "not_refundable"


async def test_rest_of_a_payment_of_which_a_part_was_charged_back_is_captured(
    payments: Payments, captured: Booking
) -> None:
    """Stripe refunds nothing more of such a charge, which the consultant is told at once."""
    charge = (await payments.payment(captured.id))["charge_id"]
    await payments.stripe.control("disputes", charge=charge, amount=4_000)
    await payments.stripe.control("disputes", charge=charge, outcome="lost")
    await payments.settle()
    assert await captured.status() == "captured"
    lost = (await captured.emitted(PaymentDisputed))[-1]
    assert (lost.reason, lost.payment_status, lost.kept_amount) == ("lost", "captured", 6_000)
    assert await net(payments, captured) == 5_100
    answer = await refund(captured, amount=1_000)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_refundable")
    assert "bank has decided a dispute for the cardholder" in answer.json()["detail"]
    assert await payments.harness.sql("select from refunds") == []


async def test_refund_that_the_bank_returns_leaves_a_payment_disputed(
    payments: Payments, captured: Booking, reported: dict[str, disputes.Dispute]
) -> None:
    charge = (await payments.payment(captured.id))["charge_id"]
    await report(payments, reported, a_dispute(charge, 4_000, "needs_response"))
    made = await payments.stripe.post("/v1/refunds", charge=charge)
    await payments.settle()
    assert await captured.status() == "disputed"
    (refunded,) = await captured.emitted(PaymentRefunded)
    assert (refunded.payment_status, refunded.kept_amount) == ("disputed", 0)
    await payments.stripe.control(f"refunds/{made['id']}/return")
    await payments.settle()
    assert await captured.status() == "disputed"
    returned = (await captured.emitted(PaymentRefunded))[-1]
    assert (returned.payment_status, returned.kept_amount) == ("disputed", 6_000)
    assert await net(payments, captured) == 5_100
    await report(payments, reported, a_dispute(charge, 4_000, "won"))
    assert await captured.status() == "captured"
    assert await net(payments, captured) == 8_500
