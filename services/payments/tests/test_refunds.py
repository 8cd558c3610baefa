"""Money that goes back: asked for here, made in the Dashboard."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from services.payments.reconcile.report import compare
from services.payments.store import claims
from services.payments.stripe_api import Stripe
from services.payments.stripe_api import refunds as stripe_refunds
from services.payments.stripe_api.refunds import Refund
from services.payments.tests.actors import Booking, Make, Payments
from shared import clock
from shared.events import PaymentRefunded, PayoutSent, RefundRefused, RefundReturned


async def refund(booking: Booking, user: Any = None, headers: Any = None, **body: Any) -> Any:
    return await booking.payments.harness.post(
        f"/payments/{booking.id}/refund",
        user=user or booking.consultant,
        json={"reason": "it was not helpful", **body},
        headers=headers,
    )


async def net(payments: Payments, booking: Booking) -> int:
    """What is at the consultant's account."""
    return sum(
        one["amount"] - one["amount_reversed"]
        for one in await payments.stripe.transfers(booking.id)
    )


async def test_whole_refund_reverses_the_transfer(payments: Payments, captured: Booking) -> None:
    answer = await refund(captured)
    assert (answer.status_code, answer.json()["status"], answer.json()["amount"]) == (
        202,
        "pending",
        10_000,
    )
    await payments.settle()
    assert await captured.status() == "refunded"
    assert await net(payments, captured) == 0
    (refunded,) = await captured.emitted(PaymentRefunded)
    assert (refunded.amount, refunded.reason) == (10_000, "it was not helpful")
    assert [one.state for one in await captured.emitted(PayoutSent)] == ["paid", "reversed"]
    assert (await payments.payout(captured.id))["status"] == "reversed"
    again = await refund(captured)
    assert (again.status_code, again.json()["code"]) == (409, "not_refundable")
    assert await balances(payments) == {"consultant": 0, "commission": 0, "seeker": 0}


async def balances(payments: Payments) -> dict[str, int]:
    rows = await payments.harness.sql(
        "select account, sum(amount)::bigint as total from ledger_entries"
        " where account in ('consultant', 'commission', 'seeker') group by 1"
    )
    assert await payments.ledger_sum() == 0
    return {row["account"]: row["total"] for row in rows}


async def test_partial_refunds_end_at_the_same_figures(
    payments: Payments, captured: Booking
) -> None:
    for amount in (3_333, 3_333, 3_334):
        assert (await refund(captured, amount=amount)).status_code == 202
        await payments.settle()
        left = 10_000 - (await payments.payment(captured.id))["refunded_amount"]
        assert (await captured.emitted(PaymentRefunded))[-1].kept_amount == left
        assert await net(payments, captured) == left - (left * 15 + 50) // 100
    assert await captured.status() == "refunded"
    assert await balances(payments) == {"consultant": 0, "commission": 0, "seeker": 0}


async def test_no_more_than_was_captured(payments: Payments, captured: Booking) -> None:
    answers = await asyncio.gather(*(refund(captured, amount=6_000) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {
        "refund_too_large"
    }
    await payments.settle()
    (charge,) = (await payments.stripe.get("/v1/charges"))["data"]
    assert charge["amount_refunded"] == 6_000


async def test_refund_key_is_honoured(payments: Payments, captured: Booking) -> None:
    key = {"idempotency-key": "k"}
    first, second = await asyncio.gather(
        *(refund(captured, headers=key, amount=100) for _ in range(2))
    )
    assert first.json() == second.json()
    assert (await refund(captured, headers=key, amount=200)).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {"amount": 0},
        {"amount": -1},
        {"amount": "1"},
        {"reason": ""},
        {"why": "x"},
        {"reason": "\0"},
    ],
)
async def test_bad_refunds_are_named(captured: Booking, body: Any) -> None:
    answer = await refund(captured, **body)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")


async def test_only_its_consultant_refunds(payments: Payments, captured: Booking) -> None:
    assert (await refund(captured, user=payments.harness.user("consultant"))).status_code == 404
    assert (await refund(captured, user=captured.seeker)).status_code == 403


@pytest.mark.parametrize("trouble", ["no answer", "killed"])
async def test_a_transfer_that_falls_due_while_a_refund_is_in_doubt_follows_it(
    payments: Payments, trouble: str
) -> None:
    consultant = await payments.consultant(onboarded=False)
    booking = Booking(payments, await payments.seeker(), consultant)
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.settle()
    await refund(booking, amount=4_000)
    if trouble == "no answer":
        await payments.stripe.fail_next("/v1/refunds", "409")
        await payments.work()
    else:  # claimed, and nothing more
        await claims.claim(payments.state.worker.database, 1)
    account = (await payments.harness.post("/payments/connect-account", user=consultant)).json()[
        "account_id"
    ]
    await payments.onboard(account)
    await payments.later(120)
    assert {one["state"] for one in await payments.operations(booking.id)} <= {"done", "dropped"}
    assert (await payments.payment(booking.id))["refunded_amount"] == 4_000
    assert await net(payments, booking) == 5_100


async def test_refund_before_the_payout_lowers_it(make_payments: Make) -> None:
    payments = await make_payments(payout_delay_seconds="3600")
    booking = Booking(payments, await payments.seeker(), await payments.consultant())
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.settle()
    await refund(booking, amount=4_000)
    await payments.settle()
    assert await payments.stripe.transfers(booking.id) == []
    await payments.later(3_700)
    (transfer,) = await payments.stripe.transfers(booking.id)
    assert transfer["amount"] == 5_100


async def test_refund_that_the_bank_returns_before_it_is_written_down_is_returned(
    payments: Payments, captured: Booking
) -> None:
    """The answer was lost, and the events were here before the step looked again."""
    await payments.stripe.fail_next("/v1/refunds", "timeout_after")
    await refund(captured, amount=2_000)
    await payments.work()
    (made,) = (await payments.stripe.get("/v1/refunds"))["data"]
    await payments.stripe.control(f"refunds/{made['id']}/return")
    await payments.receive_events()
    await payments.outlast()
    with clock.shifted(timedelta(hours=1)):
        await payments.handle()
        await payments.settle()
    assert (await payments.payment(captured.id))["refunded_amount"] == 0
    (row,) = await payments.harness.sql("select state, failure from refunds")
    assert tuple(row) == ("failed", "returned_by_bank")
    (event,) = await captured.emitted(RefundReturned)
    assert (event.amount, event.currency) == (2_000, "usd")
    assert await compare(payments.state.context) == []


@pytest.mark.parametrize("status", ["failed", "canceled"])
async def test_refund_that_does_not_arrive_is_returned_whatever_stripe_calls_it(
    payments: Payments, captured: Booking, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    await refund(captured, amount=2_000)
    await payments.settle()
    listed = stripe_refunds.refunds_of

    async def with_status(stripe: Stripe, charge_id: str) -> list[Refund]:
        return [
            msgspec.structs.replace(one, status=status) for one in await listed(stripe, charge_id)
        ]

    monkeypatch.setattr(stripe_refunds, "refunds_of", with_status)
    (made,) = (await payments.stripe.get("/v1/refunds"))["data"]
    await payments.stripe.control(f"refunds/{made['id']}/return")
    await payments.receive_events()
    assert (await payments.payment(captured.id))["refunded_amount"] == 0
    assert len(await captured.emitted(RefundReturned)) == 1


@pytest.mark.parametrize("path", ["/v1/refunds", "/v1/transfers/*/reversals"])
@pytest.mark.parametrize("mode", ["timeout_after", "500_after", "500", "429"])
async def test_trouble_ends_in_one_refund_and_one_reversal(
    payments: Payments, captured: Booking, path: str, mode: str
) -> None:
    await payments.stripe.fail_next(path, mode, 2)
    await refund(captured, amount=2_000)
    await payments.work()
    await payments.outlast()
    await payments.receive_events()
    (charge,) = (await payments.stripe.get("/v1/charges"))["data"]
    assert charge["amount_refunded"] == 2_000
    assert await net(payments, captured) == 6_800
    assert len(await captured.emitted(PaymentRefunded)) == 1
    await balances(payments)


async def test_refund_that_stripe_refuses_is_published(
    payments: Payments, captured: Booking
) -> None:
    """Everything was refunded in the Dashboard between the request and the call to Stripe."""
    await refund(captured, amount=2_000)
    intent = (await payments.payment(captured.id))["payment_intent_id"]
    await payments.stripe.post("/v1/refunds", payment_intent=intent)
    await payments.settle()
    (event,) = await captured.emitted(RefundRefused)
    assert (event.amount, event.currency) == (2_000, "usd")
    assert event.reason == "charge_already_refunded"
    (row,) = await payments.harness.sql(
        "select state, failure from refunds where requested_by is not null"
    )
    assert tuple(row) == ("failed", "charge_already_refunded")


async def test_refund_made_in_the_dashboard_is_taken_over(
    payments: Payments, captured: Booking
) -> None:
    intent = (await payments.payment(captured.id))["payment_intent_id"]
    await payments.stripe.post("/v1/refunds", payment_intent=intent, amount=1_000)
    await payments.settle()
    assert len(await captured.emitted(PaymentRefunded)) == 1
    assert await net(payments, captured) == 7_650


async def test_rest_of_a_hold_that_stripe_lists_as_a_refund_is_none(
    payments: Payments, booking: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stripe lists what it lets go after a capture in part as a refund of the charge, with no
    transaction on the balance.
    """
    await booking.authorize()
    await booking.deliver(booking.cancelled(fee=5_000))
    await payments.settle()
    listed = stripe_refunds.refunds_of

    async def with_the_rest(stripe: Stripe, charge_id: str) -> list[Refund]:
        return [*await listed(stripe, charge_id), Refund("re_rest", 5_000, "succeeded")]

    monkeypatch.setattr(stripe_refunds, "refunds_of", with_the_rest)
    charge = (await payments.payment(booking.id))["charge_id"]
    await payments.stripe.post("/v1/refunds", charge=charge, amount=1_000)
    await payments.settle()
    assert (await payments.payment(booking.id))["refunded_amount"] == 1_000
    assert await booking.status() == "captured"
    assert await net(payments, booking) == 3_400
    assert len(await booking.emitted(PaymentRefunded)) == 1


async def test_refund_in_thousandths_is_in_the_steps_that_cards_can_be_paid_in(
    payments: Payments, booking: Booking
) -> None:
    dinars = Booking(payments, booking.seeker, booking.consultant, amount=10_000)
    dinars.fields["currency"] = "kwd"
    await dinars.authorize()
    await dinars.deliver(dinars.ended())
    await payments.settle()
    answer = await refund(dinars, amount=1_005)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")
    assert [one["field"] for one in answer.json()["errors"]] == ["amount"]
    assert (await refund(dinars, amount=1_000)).status_code == 202
