"""Money's gauges and counters move when the thing happens."""

from __future__ import annotations

from datetime import timedelta

from services.payments.jobs.gauges import collect_payments
from services.payments.jobs.stripe_events import MAX_TRIES
from services.payments.jobs.sweep import sweep
from services.payments.reconcile.report import DailyReconciliation
from services.payments.tests.actors import Booking, Payments
from services.payments.tests.test_webhook import event
from shared import clock
from shared.testing import metric


def calls(operation: str, outcome: str) -> float:
    return metric("stripe_calls_total", operation=operation, outcome=outcome)


async def test_calls_to_stripe_count_by_outcome_and_time(
    payments: Payments, booking: Booking
) -> None:
    fine, failed = calls("authorize", "ok"), calls("authorize", "failed")
    timed = metric("stripe_call_seconds_count", operation="authorize")
    await payments.stripe.fail_next("/v1/payment_intents", "500")
    await booking.deliver(booking.accepted())
    await payments.work()
    assert (calls("authorize", "ok"), calls("authorize", "failed")) == (fine, failed + 1)
    await payments.outlast(1)
    assert (calls("authorize", "ok"), calls("authorize", "failed")) == (fine + 1, failed + 1)
    assert metric("stripe_call_seconds_count", operation="authorize") == timed + 2


async def test_a_declined_card_is_no_failure_of_stripe(
    payments: Payments, booking: Booking
) -> None:
    declined = calls("authorize", "declined")
    seeker = await payments.seeker("pm_card_chargeCustomerFail")
    await Booking(payments, seeker, booking.consultant).authorize()
    assert calls("authorize", "declined") == declined + 1


async def test_steps_count_by_what_came_of_them_and_show_while_they_are_open(
    payments: Payments, booking: Booking
) -> None:
    def steps(outcome: str) -> float:
        return metric("payment_steps_total", kind="authorize", outcome=outcome)

    done, rescheduled = steps("done"), steps("rescheduled")
    await payments.stripe.fail_next("/v1/payment_intents", "500")
    await booking.deliver(booking.accepted())
    await payments.work()
    assert (steps("done"), steps("rescheduled")) == (done, rescheduled + 1)
    with clock.shifted(timedelta(seconds=900)):
        await collect_payments(payments.harness.database)
        assert metric("payment_operations", kind="authorize", state="due") == 1
        assert (
            900 <= metric("payment_operations_oldest_seconds", kind="authorize", state="due") < 960
        )
        await payments.work()
        await collect_payments(payments.harness.database)
    assert (steps("done"), steps("rescheduled")) == (done + 1, rescheduled + 1)
    assert metric("payment_operations", kind="authorize", state="due") == 0


async def test_a_renewal_that_is_due_in_days_is_not_old(
    payments: Payments, booking: Booking
) -> None:
    await payments.harness.sql("truncate operations")
    far = Booking(payments, booking.seeker, booking.consultant, starts_in=timedelta(days=20))
    await far.authorize()
    await collect_payments(payments.harness.database)
    assert metric("payment_operations", kind="renew", state="due") == 1
    assert metric("payment_operations_oldest_seconds", kind="renew", state="due") == 0


async def test_events_of_stripe_show_while_they_wait_and_count_when_they_are_given_up(
    payments: Payments, booking: Booking
) -> None:
    await booking.deliver(booking.accepted())  # it is ours, and its intent is not at Stripe
    await payments.handle()
    failed, rescheduled = (
        metric("stripe_events_total", outcome=o) for o in ("failed", "rescheduled")
    )
    lost = event(data={"object": {"id": "pi_gone", "metadata": {"booking_id": str(booking.id)}}})
    await payments.deliver_webhook(lost)
    with clock.shifted(timedelta(seconds=300)):
        await collect_payments(payments.harness.database)
        assert metric("stripe_events_pending") == 1
        assert 300 <= metric("stripe_events_oldest_seconds") < 360
    for number in range(MAX_TRIES + 2):
        with clock.shifted(timedelta(hours=2 * number)):
            await payments.harness.run_job("stripe-events")
    assert metric("stripe_events_total", outcome="failed") == failed + 1
    assert (
        metric("stripe_events_total", outcome="rescheduled") == rescheduled + 7
    )  # gone: eight tries
    await collect_payments(payments.harness.database)
    assert (metric("stripe_events_pending"), metric("stripe_events_oldest_seconds")) == (0, 0)


async def test_events_of_stripe_count_when_they_are_handled(payments: Payments) -> None:
    handled = metric("stripe_events_total", outcome="handled")
    await payments.seeker()
    assert metric("stripe_events_total", outcome="handled") > handled


async def test_a_payout_shows_while_its_consultant_cannot_receive(payments: Payments) -> None:
    seeker, consultant = await payments.seeker(), await payments.consultant(onboarded=False)
    booking = Booking(payments, seeker, consultant)
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.settle()
    with clock.shifted(timedelta(seconds=500)):
        await collect_payments(payments.harness.database)
    assert metric("payouts_pending") == 1
    assert 500 <= metric("payouts_oldest_seconds") < 560


async def test_what_the_sweep_and_the_reconciliation_find_is_counted(
    payments: Payments, booking: Booking
) -> None:
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.harness.sql("delete from operations")
    daily = DailyReconciliation(payments.harness.database, payments.state.settings)
    with clock.shifted(timedelta(minutes=15)):
        await daily.work()
        assert metric("reconciliation_differences") > 0
        swept = metric("swept_total", what="payment")
        await sweep(payments.harness.database)
        assert metric("swept_total", what="payment") == swept + 1
    await payments.settle()
    with clock.shifted(timedelta(days=1, minutes=30)):
        await daily.work()
    assert metric("reconciliation_differences") == 0
    assert metric("reconciliation_timestamp_seconds") > 1_700_000_000
