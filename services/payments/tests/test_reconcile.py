"""Damage on each side is found, named and repaired."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from services.payments.reconcile import report
from services.payments.reconcile.__main__ import app
from services.payments.reconcile.own_tables import Difference, debts
from services.payments.reconcile.repair import Outcome, repair
from services.payments.reconcile.report import DailyReconciliation, Report, compare
from services.payments.settings import PaymentsSettings
from services.payments.tests.actors import Booking, Payments
from services.payments.tests.sandbox import PUBLISHABLE_KEY, SECRET_KEY, WEBHOOK_SECRET
from shared import clock
from shared.testing import metric


@pytest.fixture
async def captured(payments: Payments, booking: Booking) -> Booking:
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.settle()
    assert await compare(payments.state.context) == []
    return booking


async def restore(payments: Payments, booking: Booking) -> None:
    """The repair that reconciliation names, and the work that it plans."""
    assert await repair(payments.state.context, booking.id) == Outcome.REPAIRED
    await payments.settle()
    assert await compare(payments.state.context) == []
    assert await payments.ledger_sum() == 0


Damage = Callable[[Payments, Booking], Awaitable[Any]]


async def forget_capture(payments: Payments, booking: Booking) -> None:
    await payments.harness.sql("delete from payouts")
    await payments.harness.sql("delete from ledger_entries")
    await payments.harness.sql(
        "update payments set status = 'authorized', captured_amount = 0, commission_amount = 0"
    )


async def wrong_amount(payments: Payments, booking: Booking) -> None:
    await payments.harness.sql("update payments set captured_amount = 9999")


async def forget_payout(payments: Payments, booking: Booking) -> None:
    await payments.harness.sql("delete from payouts")


async def forget_transfer(payments: Payments, booking: Booking) -> None:
    await payments.harness.sql(
        "update payouts set status = 'pending', sent_amount = 0, transfer_id = null"
    )


async def forget_ledger(payments: Payments, booking: Booking) -> None:
    await payments.harness.sql("delete from ledger_entries")


async def second_intent(payments: Payments, booking: Booking) -> None:
    await payments.stripe.post(
        "/v1/payment_intents",
        amount=500,
        currency="usd",
        confirm="true",
        payment_method="pm_card_visa",
        capture_method="manual",
        customer=(await payments.stripe.get("/v1/customers"))["data"][0]["id"],
        **{"metadata[booking_id]": str(booking.id), "allowed_payment_method_types[]": "card"},
    )


@pytest.mark.parametrize(
    "damage",
    [forget_capture, wrong_amount, forget_payout, forget_transfer, forget_ledger, second_intent],
)
async def test_damage_is_found_and_repaired(
    payments: Payments, captured: Booking, damage: Damage
) -> None:
    await damage(payments, captured)
    found = await compare(payments.state.context)
    assert {one.subject for one in found} == {str(captured.id)}
    assert all(f"repair {captured.id}" in one.repair for one in found)
    await restore(payments, captured)
    assert len(await payments.stripe.transfers(captured.id)) == 1


async def test_reversal_in_the_dashboard_is_found(payments: Payments, captured: Booking) -> None:
    (transfer,) = await payments.stripe.transfers(captured.id)
    await payments.stripe.post(f"/v1/transfers/{transfer['id']}/reversals", amount=100)
    sums, line = await compare(payments.state.context)
    assert sums.what == "payout sent 8500, Stripe 8400"
    assert "the ledger says 0, our balance at Stripe 100 usd" in line.what
    assert {one.subject for one in (sums, line)} == {str(captured.id)}


async def test_hold_released_in_the_dashboard_is_found(
    payments: Payments, booking: Booking
) -> None:
    await booking.authorize()
    (intent,) = await payments.stripe.intents(booking.id)
    await payments.stripe.post(f"/v1/payment_intents/{intent['id']}/cancel")
    await payments.stripe.new_events()  # lost
    (found,) = await compare(payments.state.context)
    assert "canceled at Stripe" in found.what
    await restore(payments, booking)
    assert await booking.status() == "authorized"


async def test_money_of_an_unknown_booking_is_found(payments: Payments, captured: Booking) -> None:
    unknown = Booking(payments, captured.seeker, captured.consultant)
    await second_intent(payments, unknown)
    (found,) = await compare(payments.state.context)
    assert str(unknown.id) in found.what


async def test_event_that_failed_is_found(payments: Payments, captured: Booking) -> None:
    await payments.harness.sql(
        "update stripe_events set state = 'failed' where type = 'charge.refunded'"
    )
    await payments.harness.sql(
        "update stripe_events set state = 'failed' where event_id = (select min(event_id) from "
        "stripe_events)"
    )
    (found,) = await compare(payments.state.context)
    assert found.repair.startswith("make stripe-events ARGS='replay evt_")


@pytest.fixture
def comparisons(monkeypatch: pytest.MonkeyPatch) -> list[Report]:
    """What the comparisons of the daily jobs will find; each takes one."""
    reports: list[Report] = []

    async def compare_at_once(_: PaymentsSettings) -> Report:
        return reports.pop(0)

    monkeypatch.setattr(report, "_in_a_process", compare_at_once)
    return reports


async def test_one_replica_compares_once_a_day_and_not_right_after_its_start(
    payments: Payments, comparisons: list[Report]
) -> None:
    jobs = [
        DailyReconciliation(payments.harness.database, payments.state.settings) for _ in range(3)
    ]

    async def work(after: timedelta) -> int:
        """How many of the replicas compare at that time."""
        before = len(comparisons)
        with clock.shifted(after):
            for job in jobs:
                assert await job.work() is False
        return before - len(comparisons)

    comparisons += [Report([], [])] * 4
    assert await work(timedelta(0)) == 0
    assert await work(timedelta(minutes=11)) == 1
    assert await work(timedelta(hours=20)) == 0
    assert await work(timedelta(days=1, minutes=12)) == 1


async def test_a_replica_whose_lease_was_taken_over_exports_no_findings(
    payments: Payments, comparisons: list[Report]
) -> None:
    replica = DailyReconciliation(payments.harness.database, payments.state.settings)
    found = Difference("booking", "differs", "repair")
    comparisons += [Report([found], [found])]
    with clock.shifted(timedelta(minutes=11)):
        await replica.work()
    assert (metric("reconciliation_differences"), metric("payments_owed")) == (1, 1)
    await payments.harness.sql("update leases set holder = gen_random_uuid()")
    with clock.shifted(timedelta(days=1, minutes=12)):
        await replica.work()
    assert math.isnan(metric("reconciliation_differences"))
    assert math.isnan(metric("payments_owed"))


async def test_comparison_that_stripe_did_not_answer_is_made_soon_after(
    payments: Payments, comparisons: list[Report]
) -> None:
    daily = DailyReconciliation(payments.harness.database, payments.state.settings)
    comparisons += [Report([], [], "no answer"), Report([], [])]
    for minutes, left in ((11, 1), (13, 1), (17, 0)):
        with clock.shifted(timedelta(minutes=minutes)):
            await daily.work()
        assert len(comparisons) == left


async def test_command_prints_differences_and_says_by_its_status_whether_there_are_any(
    payments: Payments,
    captured: Booking,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in {
        "DATABASE_URL": payments.harness.database.url,
        "AMQP_URL": "amqp://127.0.0.1:1/",
        "STRIPE_API_BASE": payments.stripe.url,
        "STRIPE_SECRET_KEY": SECRET_KEY,
        "STRIPE_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
    }.items():
        monkeypatch.setenv(name, value)

    async def command(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            await asyncio.to_thread(app, list(arguments))
        return int(str(ended.value.code)), capsys.readouterr().out

    assert await command() == (0, "Bookings, payments, payouts, ledger and Stripe agree.\n")
    logging.getLogger("aiormq").error("a log line")
    assert capsys.readouterr().out == "", "standard output is the report"
    await wrong_amount(payments, captured)
    status, said = await command()
    assert status == 1
    assert f"make reconcile ARGS='repair {captured.id}'" in said
    assert (await command("repair", str(captured.id)))[0] == 0
    assert (await command())[0] == 0
    assert (await command("repair", str(captured.seeker.id)))[0] == 1
    await payments.harness.sql(
        "update operations set state = 'due', in_doubt = true where kind = 'transfer'"
    )
    status, said = await command("repair", str(captured.id))
    assert status == 1
    assert f"Booking {captured.id} was left as it is" in said
    assert await command("repair") == (2, "")
    assert await command("repair", "all") == (2, "")


async def test_payout_to_an_account_that_was_rejected_is_named(
    payments: Payments, booking: Booking
) -> None:
    account = (await payments.harness.sql("select account_id from payout_accounts"))[0][0]
    await payments.onboard(account, "reject")
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.settle()
    assert (await payments.payout(booking.id))["status"] == "pending"
    (found,) = await debts(payments.harness.database.reader, clock.now())
    assert found.subject == str(booking.id)
    assert found.what == f"payout waits for account {account}, which is rejected"
    assert await compare(payments.state.context) == [], "nothing differs: somebody must act"
