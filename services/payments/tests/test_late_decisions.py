"""A decision of booking that arrives late counts all the same: what was earned is charged."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from services.payments.domain.policy import GIVE_UP_BEFORE, given_up_at
from services.payments.jobs.sweep import sweep
from services.payments.queries.stuck import payments_without_step
from services.payments.reconcile.own_tables import debts, differences
from services.payments.reconcile.report import compare
from services.payments.tests.actors import Booking, Payments
from shared import clock
from shared.events import PaymentCaptured, PaymentFailed, PaymentReleased


async def swept_at(payments: Payments, at: datetime, *, worked: bool = True) -> None:
    """The sweep runs `at` that moment; the steps that it plans are done if `worked`."""
    with clock.shifted(at - clock.now()):
        await sweep(payments.harness.database)
        if worked:
            await payments.settle()


async def lapses_at(payments: Payments, booking: Booking) -> datetime:
    """When the hold lapses."""
    lapses: datetime = (await payments.payment(booking.id))["capture_before"]
    return lapses


async def give_up(payments: Payments, booking: Booking, *, worked: bool = True) -> None:
    """Booking's decision has not arrived when the hold is about to lapse."""
    await booking.authorize()
    at = await lapses_at(payments, booking) - GIVE_UP_BEFORE / 2
    await swept_at(payments, at, worked=worked)
    row = await payments.payment(booking.id)
    assert (row["due"], row["due_reason"]) == ("release", "forgotten")


async def test_decision_is_waited_for_while_the_hold_is_valid(
    payments: Payments, booking: Booking
) -> None:
    """A session on Friday, a dead letter that is replayed on Monday."""
    await booking.authorize()
    ended = booking.fields["scheduled_end"]
    await swept_at(payments, ended + timedelta(days=2, hours=12))
    assert await booking.status() == "authorized"
    assert await lapses_at(payments, booking) > ended + timedelta(days=2, hours=12)
    await booking.deliver(booking.ended())
    await payments.settle()
    assert await booking.status() == "captured"
    assert len(await payments.stripe.intents(booking.id)) == 1


async def test_operators_see_which_hold_waits_for_a_decision(
    payments: Payments, booking: Booking
) -> None:
    await booking.authorize()
    lapses = await lapses_at(payments, booking)
    at = booking.fields["scheduled_end"] + timedelta(days=2, hours=1)
    (found,) = await differences(payments.harness.database.reader, at, at)
    assert found.subject == str(booking.id)
    assert "booking has not decided" in found.what
    assert f"{lapses:%Y-%m-%d %H:%M}" in found.what
    assert "dead-letters" in found.repair


async def test_hold_that_lapses_while_the_decision_is_still_on_its_way_is_not_given_up(
    payments: Payments, booking: Booking
) -> None:
    """Its renewal has failed so far; booking ends a session up to a quarter of an hour late."""
    await booking.authorize()
    ended = booking.fields["scheduled_end"]
    soon = ended + timedelta(minutes=30)
    await payments.harness.sql("update payments set capture_before = $1", soon)
    await swept_at(payments, ended + timedelta(minutes=10), worked=False)
    assert (await payments.payment(booking.id))["due"] is None


async def test_decision_after_the_hold_was_released_is_charged_to_the_card(
    payments: Payments, booking: Booking
) -> None:
    await give_up(payments, booking)
    assert await booking.status() == "released"
    await booking.deliver(booking.ended())
    await payments.settle()
    assert await booking.status() == "captured"
    (captured,) = await booking.emitted(PaymentCaptured)
    assert (captured.amount, captured.reason) == (10_000, "session_ended")
    assert len(await booking.emitted(PaymentReleased)) == 1
    states = [one["status"] for one in await payments.stripe.intents(booking.id)]
    assert sorted(states) == ["canceled", "succeeded"]
    assert len(await payments.stripe.transfers(booking.id)) == 1
    assert await payments.ledger_sum() == 0
    assert await compare(payments.state.context) == []


async def test_late_decision_that_the_card_declines_is_a_debt(
    payments: Payments, booking: Booking
) -> None:
    await give_up(payments, booking)
    await payments.harness.sql("update cards set payment_method_id = 'pm_card_chargeCustomerFail'")
    await booking.deliver(booking.ended())
    await payments.settle()
    assert await booking.status() == "failed"
    (failed,) = await booking.emitted(PaymentFailed)
    assert failed.reason == "card_declined"
    (found,) = await debts(payments.harness.database.reader, clock.now())
    assert found.what == "the seeker owes 100.00 USD: card_declined"
    await payments.save_card(booking.seeker, "pm_card_mastercard")
    assert await booking.status() == "captured"


async def test_late_fee_is_charged_as_it_was_decided(payments: Payments, booking: Booking) -> None:
    await give_up(payments, booking)
    await booking.deliver(booking.missed(fee=5_000))
    await payments.settle()
    (captured,) = await booking.emitted(PaymentCaptured)
    assert (captured.amount, captured.reason) == (5_000, "no_show")


async def test_charge_that_was_lost_after_a_late_decision_is_planned_again(
    payments: Payments, booking: Booking
) -> None:
    await give_up(payments, booking)
    await booking.deliver(booking.ended())
    await payments.harness.sql("delete from operations where kind = 'charge'")
    await swept_at(payments, clock.now() + timedelta(hours=1))
    assert await booking.status() == "captured"


async def test_late_decision_that_nothing_is_due_leaves_the_release(
    payments: Payments, booking: Booking
) -> None:
    await give_up(payments, booking)
    await booking.deliver(booking.ended(billable=False))
    await payments.settle()
    row = await payments.payment(booking.id)
    assert (row["status"], row["due_reason"]) == ("released", "session_ended")
    assert len(await booking.emitted(PaymentReleased)) == 1
    assert len(await payments.stripe.intents(booking.id)) == 1


async def test_second_decision_changes_nothing(payments: Payments, booking: Booking) -> None:
    await give_up(payments, booking)
    await booking.deliver(booking.ended(billable=False))
    await booking.deliver(booking.ended())
    await payments.settle()
    assert await booking.status() == "released"
    assert await booking.emitted(PaymentCaptured) == []


async def test_decision_before_the_release_is_sent_captures_the_hold(
    payments: Payments, booking: Booking
) -> None:
    await give_up(payments, booking, worked=False)
    await booking.deliver(booking.ended())
    await payments.settle()
    assert await booking.status() == "captured"
    assert len(await payments.stripe.intents(booking.id)) == 1
    assert await booking.emitted(PaymentReleased) == []
    states = {one["kind"]: one["state"] for one in await payments.operations(booking.id)}
    assert (states["release"], states["capture"]) == ("dropped", "done")


@pytest.mark.parametrize("mode", ["timeout_before", "timeout_after"])
async def test_decision_while_the_release_is_in_doubt_is_charged(
    payments: Payments, booking: Booking, mode: str
) -> None:
    await booking.authorize()
    (intent,) = await payments.stripe.intents(booking.id)
    await payments.stripe.fail_next(f"/v1/payment_intents/{intent['id']}/cancel", mode)
    at = await lapses_at(payments, booking) - GIVE_UP_BEFORE / 2
    with clock.shifted(at - clock.now()):
        await sweep(payments.harness.database)
        await payments.work()
        step = (await payments.operations(booking.id))[-1]
        assert (step["kind"], step["in_doubt"]) == ("release", True)
        await booking.deliver(booking.ended())
        await payments.outlast(3)
        await payments.settle()
    assert await booking.status() == "captured"
    assert await booking.emitted(PaymentReleased) == []
    (captured,) = await booking.emitted(PaymentCaptured)
    assert captured.amount == 10_000
    assert await payments.ledger_sum() == 0


@pytest.mark.parametrize(
    "lapses_after_end",
    [None, timedelta(hours=1), timedelta(hours=3), timedelta(days=4)],
    ids=["no hold", "before the grace", "soon", "in days"],
)
async def test_sweep_and_policy_agree_when_a_payment_is_given_up(
    payments: Payments, booking: Booking, lapses_after_end: timedelta | None
) -> None:
    await booking.authorize()
    ends = booking.fields["scheduled_end"]
    lapses = ends + lapses_after_end if lapses_after_end is not None else None
    await payments.harness.sql("update payments set capture_before = $1", lapses)
    due_at, moment = given_up_at(ends, lapses), timedelta(seconds=1)
    reader = payments.harness.database.reader
    unchanged_since = clock.now() + timedelta(days=1)
    for at, found in ((due_at - moment, []), (due_at + moment, [booking.id])):
        assert await payments_without_step(reader, unchanged_since, at) == found
