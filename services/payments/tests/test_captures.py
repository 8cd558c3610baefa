"""Taking the money: the whole, a part, once, late, and the consultant's share of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.payments.commands.payouts import wake_transfers
from services.payments.domain.operations import StepKind
from services.payments.store import operations
from services.payments.tests.actors import Booking, Make, Payments
from shared.events import (
    PaymentCaptured,
    PaymentFailed,
    PaymentReleased,
    PayoutAccountChanged,
    PayoutSent,
)
from shared.money import share
from shared.testing import eventually


@pytest.mark.parametrize(
    ("amount", "bps"),
    [
        (10_000, 1500),
        (9_999, 1500),
        (50, 1500),
        (101, 333),
        (77_777, 0),
        (60, 10_000),
        (99_999_999, 1),
    ],
)
async def test_capture_is_divided_to_the_cent(
    payments: Payments, booking: Booking, amount: int, bps: int
) -> None:
    booking = Booking(
        payments, booking.seeker, booking.consultant, amount=amount, commission_bps=bps
    )
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.settle()
    commission = share(amount, bps)
    (captured,) = await booking.emitted(PaymentCaptured)
    assert (captured.amount, captured.commission_amount) == (amount, commission)
    sent = [one["amount"] for one in await payments.stripe.transfers(booking.id)]
    assert sent == ([amount - commission] if amount > commission else [])
    payout = await payments.payout(booking.id)
    assert (payout["status"], payout["sent_amount"]) == ("paid", amount - commission)
    assert await payments.ledger_sum() == 0


async def test_payout_of_nothing_is_not_announced(payments: Payments, booking: Booking) -> None:
    all_commission = Booking(payments, booking.seeker, booking.consultant, commission_bps=10_000)
    await all_commission.authorize()
    await all_commission.deliver(all_commission.ended())
    await payments.settle()
    path = "/payments/payouts"
    (item,) = (await payments.harness.get(path, user=booking.consultant)).json()["items"]
    assert (item["gross_amount"], item["amount"], item["status"]) == (10_000, 0, "paid")
    assert await all_commission.emitted(PayoutSent) == []


async def test_late_cancellation_captures_the_fee(payments: Payments, booking: Booking) -> None:
    await booking.authorize()
    await booking.deliver(booking.cancelled(fee=5_001))
    await payments.settle()
    (intent,) = await payments.stripe.intents(booking.id)
    assert (intent["status"], intent["amount_received"]) == ("succeeded", 5_001)
    (captured,) = await booking.emitted(PaymentCaptured)
    assert (captured.amount, captured.commission_amount, captured.reason) == (
        5_001,
        750,
        "cancelled",
    )
    (transfer,) = await payments.stripe.transfers(booking.id)
    assert transfer["amount"] == 4_251


@pytest.mark.parametrize("how", ["missed", "cancelled"])
async def test_nothing_due_is_released(payments: Payments, booking: Booking, how: str) -> None:
    await booking.authorize()
    await booking.deliver(getattr(booking, how)())
    await payments.settle()
    (intent,) = await payments.stripe.intents(booking.id)
    assert intent["status"] == "canceled"
    (released,) = await booking.emitted(PaymentReleased)
    assert released.amount == 10_000
    assert len(await booking.emitted(PaymentReleased)) == 1


TROUBLE = ("timeout_before", "timeout_after", "500", "500_after", "429", "409")


@pytest.mark.parametrize("mode", TROUBLE)
@pytest.mark.parametrize("path", ["/v1/payment_intents/*/capture", "/v1/transfers"])
async def test_trouble_ends_in_one_capture_and_one_transfer(
    payments: Payments, booking: Booking, path: str, mode: str
) -> None:
    await booking.authorize()
    await payments.stripe.fail_next(path, mode, 2)
    await booking.deliver(booking.ended())
    await payments.work()
    await payments.outlast()
    await payments.receive_events()
    (transfer,) = await payments.stripe.transfers(booking.id)
    assert transfer["amount"] == 8_500
    assert len(await booking.emitted(PaymentCaptured)) == 1
    assert len(await booking.emitted(PayoutSent)) == 1
    assert await payments.ledger_sum() == 0


@pytest.mark.parametrize("mode", TROUBLE)
async def test_trouble_ends_in_one_release(payments: Payments, booking: Booking, mode: str) -> None:
    await booking.authorize()
    await payments.stripe.fail_next("/v1/payment_intents/*/cancel", mode, 2)
    await booking.deliver(booking.missed())
    await payments.work()
    await payments.outlast()
    await payments.receive_events()
    (intent,) = await payments.stripe.intents(booking.id)
    assert intent["status"] == "canceled"
    assert len(await booking.emitted(PaymentReleased)) == 1


async def test_session_that_ended_before_the_bank_answered_is_captured(
    payments: Payments, booking: Booking
) -> None:
    await booking.deliver(booking.ended())
    await booking.authorize()
    assert await booking.status() == "captured"
    assert len(await payments.stripe.intents(booking.id)) == 1


async def test_captured_in_the_dashboard_is_success(payments: Payments, booking: Booking) -> None:
    await booking.authorize()
    (intent,) = await payments.stripe.intents(booking.id)
    await payments.stripe.post(f"/v1/payment_intents/{intent['id']}/capture")
    await booking.deliver(booking.ended())
    await payments.settle()
    assert len(await booking.emitted(PaymentCaptured)) == 1
    assert len(await payments.stripe.transfers(booking.id)) == 1


async def test_hold_lost_before_capture_is_charged_again(
    payments: Payments, booking: Booking
) -> None:
    await booking.authorize()
    (intent,) = await payments.stripe.intents(booking.id)
    await booking.deliver(booking.ended())
    await payments.stripe.post(f"/v1/payment_intents/{intent['id']}/cancel")
    await payments.settle()
    states = sorted(one["status"] for one in await payments.stripe.intents(booking.id))
    assert states == ["canceled", "succeeded"]
    (captured,) = await booking.emitted(PaymentCaptured)
    assert captured.amount == 10_000
    (transfer,) = await payments.stripe.transfers(booking.id)
    assert transfer["amount"] == 8_500


async def test_debt_that_the_card_does_not_pay_is_reported(
    payments: Payments, booking: Booking
) -> None:
    await booking.authorize()
    (intent,) = await payments.stripe.intents(booking.id)
    await booking.deliver(booking.ended())
    await payments.stripe.post(f"/v1/payment_intents/{intent['id']}/cancel")
    await payments.harness.sql("update cards set payment_method_id = 'pm_card_chargeCustomerFail'")
    await payments.settle()
    (failed,) = await booking.emitted(PaymentFailed)
    assert (failed.reason, failed.amount, failed.owed) == ("card_declined", 10_000, True)
    assert await booking.status() == "failed"


async def test_payout_waits_for_the_account(payments: Payments) -> None:
    seeker, consultant = await payments.seeker(), await payments.consultant(onboarded=False)
    booking = Booking(payments, seeker, consultant)
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.settle()
    assert (await payments.payout(booking.id))["status"] == "pending"
    answer = await payments.harness.post("/payments/connect-account", user=consultant)
    await payments.settle()
    assert await payments.stripe.transfers(booking.id) == []
    await payments.onboard(answer.json()["account_id"])
    assert (await payments.payout(booking.id))["status"] == "paid"
    assert len(await payments.stripe.transfers(booking.id)) == 1
    assert len(await booking.emitted(PayoutSent)) == 1


async def test_payout_to_an_account_that_was_restricted_without_an_event_waits(
    payments: Payments, booking: Booking
) -> None:
    account = (await payments.harness.sql("select account_id from payout_accounts"))[0][
        "account_id"
    ]
    await payments.stripe.control(f"accounts/{account}/onboard", outcome="restrict")
    await payments.stripe.new_events()  # lost
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.settle()
    assert (await payments.payout(booking.id))["status"] == "pending"
    changed = await payments.harness.emitted(PayoutAccountChanged)
    assert [one.state for one in changed] == ["pending", "active", "restricted"]
    await payments.onboard(account)
    assert (await payments.payout(booking.id))["status"] == "paid"


async def test_transfer_that_a_refund_has_dropped_is_not_woken(payments: Payments) -> None:
    """The account becomes active while the refund's transaction is still open."""
    booking = Booking(payments, await payments.seeker(), await payments.consultant(onboarded=False))
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.settle()
    database = payments.harness.database

    async def wake() -> None:
        async with database.transaction() as db:
            await wake_transfers(db, booking.consultant.id, "acct_1")

    async def blocked() -> bool:
        rows = await payments.harness.sql("select 1 from pg_locks where not granted")
        return bool(rows)

    async with database.transaction() as db:
        assert await operations.drop_unsent(db, booking.id, StepKind.TRANSFER) == 1
        waking = asyncio.create_task(wake())
        await eventually(blocked)
    await waking
    states = [
        row["state"] for row in await payments.operations(booking.id) if row["kind"] == "transfer"
    ]
    assert states == ["dropped"]


async def test_payout_goes_out_after_its_delay(make_payments: Make) -> None:
    payments = await make_payments(payout_delay_seconds="3600")
    booking = Booking(payments, await payments.seeker(), await payments.consultant())
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.settle()
    await payments.later(3500)
    assert await payments.stripe.transfers(booking.id) == []
    await payments.later(3700)
    assert len(await payments.stripe.transfers(booking.id)) == 1


async def test_crash_after_each_call_leaves_one_of_everything(
    payments: Payments, booking: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = payments.state.worker
    record, broken = worker._record, set()

    async def die_once(operation: Any, *args: Any, **kwargs: Any) -> None:
        if operation.kind not in broken:
            broken.add(operation.kind)
            raise RuntimeError("killed")
        await record(operation, *args, **kwargs)

    monkeypatch.setattr(worker, "_record", die_once)
    await booking.deliver(booking.accepted())
    await booking.deliver(booking.ended())
    await payments.work()
    await payments.outlast()
    assert broken == {"authorize", "capture", "transfer"}
    (intent,) = await payments.stripe.intents(booking.id)
    assert intent["status"] == "succeeded"
    assert len(await payments.stripe.transfers(booking.id)) == 1
    assert len(await booking.emitted(PaymentCaptured)) == 1
    assert len(await booking.emitted(PayoutSent)) == 1
