"""The comparison with Stripe while money moves, over many payments, and over years."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.payments.reconcile import balance, checkpoints, stripe_objects
from services.payments.reconcile.report import compare
from services.payments.tests.actors import Booking, Payments
from services.payments.tests.test_reconcile import second_intent
from shared import clock


async def captured_booking(payments: Payments) -> Booking:
    booking = Booking(payments, await payments.seeker(), await payments.consultant())
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.settle()
    return booking


async def test_payment_that_moves_while_stripe_is_asked_is_no_difference(
    payments: Payments, booking: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Listing a month of objects takes a minute: rows that are read after it are newer."""
    await booking.authorize()
    listed = stripe_objects._listed

    async def listed_before(*arguments: Any, **named: Any) -> stripe_objects.Listed:
        found = await listed(*arguments, **named)
        await booking.deliver(booking.ended())
        await payments.settle()
        return found

    monkeypatch.setattr(stripe_objects, "_listed", listed_before)
    assert await compare(payments.state.context) == []
    assert await booking.status() == "captured"


async def test_hold_that_is_to_be_let_go_is_no_difference(
    payments: Payments, booking: Booking
) -> None:
    await booking.authorize()
    await second_intent(payments, booking)
    await payments.receive_events()
    kinds = [one["kind"] for one in await payments.operations(booking.id) if one["state"] == "due"]
    assert kinds == ["abandon"]
    assert await compare(payments.state.context) == []
    await payments.work()
    assert await compare(payments.state.context) == []


async def test_intent_that_is_not_at_stripe_is_a_difference(payments: Payments) -> None:
    booking = await captured_booking(payments)
    await payments.harness.sql("update payments set payment_intent_id = 'pi_gone'")
    found = [one.what for one in await compare(payments.state.context)]
    assert "payment is captured, its intent pi_gone is not at Stripe" in found
    assert any(
        "is succeeded at Stripe, in addition to the payment's own" in what for what in found
    ), booking


async def test_intent_that_is_older_than_the_list_is_looked_at(payments: Payments) -> None:
    booking = await captured_booking(payments)
    with clock.shifted(timedelta(days=60)):
        assert await compare(payments.state.context, days=1) == []
        await payments.harness.sql("update payments set updated_at = now() + interval '60 days'")
        assert await compare(payments.state.context, days=1) == []
        await payments.harness.sql("update payouts set sent_amount = 1")
        found = await compare(payments.state.context, days=1)
    assert [one.what for one in found if "payout" in one.what][-1] == "payout sent 1, Stripe 8500"
    assert {one.subject for one in found} == {str(booking.id)}


async def test_every_payment_is_read_however_many_there_are(
    payments: Payments, monkeypatch: pytest.MonkeyPatch
) -> None:
    bookings = [await captured_booking(payments) for _ in range(3)]
    # The same moment for all of them: the key alone tells them apart.
    await payments.harness.sql("update payments set updated_at = now()")
    monkeypatch.setattr(stripe_objects, "BATCH", 1)
    assert await compare(payments.state.context) == []
    await payments.harness.sql("update payments set captured_amount = 9999")
    found = {one.subject for one in await compare(payments.state.context)}
    assert found == {str(booking.id) for booking in bookings}


async def test_money_for_what_is_no_booking_id_is_found(payments: Payments) -> None:
    booking = await captured_booking(payments)
    customer = (await payments.stripe.get("/v1/customers"))["data"][0]["id"]
    made = await payments.stripe.post(
        "/v1/payment_intents",
        amount=500,
        currency="usd",
        confirm="true",
        payment_method="pm_card_visa",
        capture_method="manual",
        customer=customer,
        **{"metadata[booking_id]": "none of ours", "allowed_payment_method_types[]": "card"},
    )
    (found,) = await compare(payments.state.context)
    assert found.subject == made["id"]
    assert "for booking none of ours, which has no payment" in found.what
    assert await booking.status() == "captured"


# ---- the ledger of years


async def test_total_of_the_ledger_is_continued_from_where_it_was_kept(payments: Payments) -> None:
    await captured_booking(payments)
    await payments.harness.sql("update ledger_entries set at = at - interval '100 days'")
    database = payments.harness.database
    whole = await checkpoints.total(database.reader)
    assert whole == {"usd": 10_000 - 320 - 8_500}
    for _ in range(2):
        await checkpoints.advance(database, clock.now())
        assert await checkpoints.total(database.reader) == whole
    kept = await payments.harness.sql("select up_to, amount from ledger_checkpoints order by 1")
    assert len(kept) == 5, "one for each span of 30 days, and one that is a day old"
    assert {row["amount"] for row in kept} == {whole["usd"]}
    await captured_booking(payments)
    assert await checkpoints.total(database.reader) == {"usd": 2 * whole["usd"]}
    assert await compare(payments.state.context) == []


async def test_what_differs_in_all_is_found_with_a_kept_total(payments: Payments) -> None:
    await captured_booking(payments)
    await payments.harness.sql("update ledger_entries set at = at - interval '100 days'")
    assert await compare(payments.state.context) == []
    await payments.harness.sql("update ledger_checkpoints set amount = amount + 7")
    found = await balance.in_all(payments.harness.database, payments.state.stripe, clock.now())
    assert [one.subject for one in found] == ["usd"]
    assert "our balance at Stripe is 11.80 USD, the ledger says 11.87 USD" in found[0].what
