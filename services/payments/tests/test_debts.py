"""What is owed can be paid: by another card, or by authenticating."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.payments.jobs.sweep import sweep
from services.payments.reconcile.own_tables import debts
from services.payments.reconcile.repair import Outcome, repair
from services.payments.reconcile.report import compare
from services.payments.stripe_api import Refused, Stripe, intents
from services.payments.tests.actors import Booking, Payments
from services.payments.tests.test_renewals import decline
from shared.clock import now
from shared.events import PaymentCaptured, PaymentFailed, PaymentReleased


async def make_debt(payments: Payments, booking: Booking, card: str) -> None:
    """The session took place, the hold is lost, and `card` does not pay."""
    await booking.authorize()
    (intent,) = await payments.stripe.intents(booking.id)
    await booking.deliver(booking.ended())
    await payments.stripe.post(f"/v1/payment_intents/{intent['id']}/cancel")
    await payments.harness.sql("update cards set payment_method_id = $1", card)
    await payments.settle()
    assert await booking.status() == "failed"


async def test_debt_is_paid_by_another_card(payments: Payments, booking: Booking) -> None:
    await make_debt(payments, booking, "pm_card_chargeCustomerFail")
    await payments.save_card(booking.seeker, "pm_card_mastercard")
    await payments.settle()
    (captured,) = await booking.emitted(PaymentCaptured)
    assert captured.amount == 10_000
    assert await booking.status() == "captured"
    states = [one["status"] for one in await payments.stripe.intents(booking.id)]
    assert sorted(states) == ["canceled", "canceled", "succeeded"]
    assert len(await payments.stripe.transfers(booking.id)) == 1
    row = await payments.payment(booking.id)
    assert (row["failure"], row["capture_before"]) == (None, None)


async def test_card_of_another_seeker_has_no_part_in_a_debt(
    payments: Payments, booking: Booking
) -> None:
    await make_debt(payments, booking, "pm_card_chargeCustomerFail")
    await payments.seeker("pm_card_mastercard")
    assert len(await charges(payments, booking)) == 1
    assert await booking.status() == "failed"


async def test_card_saved_while_the_old_one_is_asked_is_charged(
    payments: Payments, booking: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = intents.create_intent

    async def create_slowly(stripe: Stripe, params: Any, *, key: str, manual: bool) -> Any:
        monkeypatch.setattr(intents, "create_intent", create)
        path = "/payments/setup-intent"
        made = (await payments.harness.post(path, user=booking.seeker)).json()
        path = f"/v1/setup_intents/{made['setup_intent_id']}/confirm"
        await payments.stripe.post(path, payment_method="pm_card_mastercard")
        await payments.receive_events()
        return await create(stripe, params, key=key, manual=manual)

    await booking.authorize()
    (intent,) = await payments.stripe.intents(booking.id)
    await payments.stripe.post(f"/v1/payment_intents/{intent['id']}/cancel")
    await payments.stripe.new_events()  # lost
    await decline(payments)
    monkeypatch.setattr(intents, "create_intent", create_slowly)
    await booking.deliver(booking.ended())
    await payments.settle()
    assert await booking.status() == "captured"
    assert await booking.emitted(PaymentFailed) == []
    cards = [one["params"].get("payment_method") for one in await charges(payments, booking)]
    assert len(set(cards)) == 2


@pytest.mark.parametrize("reported", ["while it is asked", "after it declined"])
async def test_card_found_at_stripe_that_declines_is_not_asked_again_once_its_event_arrives(
    payments: Payments, booking: Booking, monkeypatch: pytest.MonkeyPatch, reported: str
) -> None:
    await booking.authorize()
    (intent,) = await payments.stripe.intents(booking.id)
    await payments.stripe.post(f"/v1/payment_intents/{intent['id']}/cancel")
    await payments.stripe.new_events()  # lost
    await payments.harness.sql("delete from cards")
    path = "/payments/setup-intent"
    made = (await payments.harness.post(path, user=booking.seeker)).json()
    path = f"/v1/setup_intents/{made['setup_intent_id']}/confirm"
    await payments.stripe.post(path, payment_method="pm_card_chargeCustomerFail")
    create = intents.create_intent

    async def create_slowly(stripe: Stripe, params: Any, *, key: str, manual: bool) -> Any:
        monkeypatch.setattr(intents, "create_intent", create)
        await payments.receive_events()
        return await create(stripe, params, key=key, manual=manual)

    if reported == "while it is asked":
        monkeypatch.setattr(intents, "create_intent", create_slowly)
    await booking.deliver(booking.ended())
    await payments.settle()
    (saved,) = await payments.harness.sql("select payment_method_id from cards")
    (charge,) = await charges(payments, booking)
    assert charge["params"]["payment_method"] == saved["payment_method_id"]
    (failed,) = await booking.emitted(PaymentFailed)
    assert failed.reason == "card_declined"
    await payments.save_card(booking.seeker, "pm_card_mastercard")
    assert await booking.status() == "captured"


async def charges(payments: Payments, booking: Booking) -> list[Any]:
    rows = await payments.harness.sql(
        "select state, params from operations where subject_id = $1 and kind = 'charge'"
        " order by attempt",
        booking.id,
    )
    return [{"state": row["state"], "params": json.loads(row["params"])} for row in rows]


async def swept(payments: Payments) -> None:
    await payments.harness.sql("update payments set updated_at = updated_at - interval '1 hour'")
    await sweep(payments.harness.database)
    await payments.settle()


async def test_debt_is_charged_once_per_card_whatever_was_missed(
    payments: Payments, booking: Booking
) -> None:
    await make_debt(payments, booking, "pm_card_chargeCustomerFail")
    await swept(payments)
    assert len(await charges(payments, booking)) == 1, "the same card is not asked again"
    await payments.harness.sql("update cards set removed_at = now()")
    await swept(payments)
    assert len(await charges(payments, booking)) == 1, "there is no card to ask"
    await payments.harness.sql(
        "update cards set removed_at = null, payment_method_id = 'pm_card_mastercard'"
    )
    await swept(payments)
    assert await booking.status() == "captured"
    assert len(await booking.emitted(PaymentCaptured)) == 1


async def test_debt_is_paid_by_authenticating(payments: Payments, booking: Booking) -> None:
    await make_debt(payments, booking, "pm_card_authenticationRequired")
    (failed,) = await booking.emitted(PaymentFailed)
    assert failed.reason == "authentication_required"
    answer = await payments.harness.get(
        f"/payments/{booking.id}/authentication", user=booking.seeker
    )
    assert answer.status_code == 200
    intent = (await payments.payment(booking.id))["payment_intent_id"]
    assert answer.json()["client_secret"].startswith(intent)
    await payments.stripe.control(f"3ds/{intent}", outcome="succeed")
    await payments.settle()
    assert await booking.status() == "captured"
    assert len(await payments.stripe.transfers(booking.id)) == 1


async def test_debt_is_not_charged_again_because_its_seeker_is_declined(
    payments: Payments, booking: Booking
) -> None:
    await make_debt(payments, booking, "pm_card_authenticationRequired")
    await decline(payments)
    path = f"/payments/{booking.id}/authentication"
    assert (await payments.harness.get(path, user=booking.seeker)).status_code == 409
    await payments.settle()
    assert len(await charges(payments, booking)) == 1
    (failed,) = await booking.emitted(PaymentFailed)
    assert (failed.reason, failed.owed) == ("authentication_required", True)


async def test_debt_is_seen_by_the_seeker_and_by_operators(
    payments: Payments, booking: Booking
) -> None:
    await make_debt(payments, booking, "pm_card_chargeCustomerFail")
    (item,) = (await payments.harness.get("/payments/history", user=booking.seeker)).json()["items"]
    assert (item["status"], item["amount"]) == ("failed", 10_000)
    assert await compare(payments.state.context) == []
    (found,) = await debts(payments.harness.database.reader, now())
    assert found.subject == str(booking.id)
    assert found.what == "the seeker owes 100.00 USD: card_declined"


async def test_fee_of_a_debt_is_what_history_says(payments: Payments, booking: Booking) -> None:
    await booking.authorize()
    (intent,) = await payments.stripe.intents(booking.id)
    await booking.deliver(booking.cancelled(fee=5_000))
    await payments.stripe.post(f"/v1/payment_intents/{intent['id']}/cancel")
    await payments.harness.sql("update cards set payment_method_id = 'pm_card_chargeCustomerFail'")
    await payments.settle()
    (item,) = (await payments.harness.get("/payments/history", user=booking.seeker)).json()["items"]
    assert (item["status"], item["amount"]) == ("failed", 5_000)
    (failed,) = await booking.emitted(PaymentFailed)
    assert (failed.amount, failed.owed) == (5_000, True)


# ---- less than a card can be charged


async def create_debt(payments: Payments, booking: Booking, fee: int) -> None:
    """The seeker owes the fee of a late cancellation, and the hold is lost."""
    await booking.authorize()
    (intent,) = await payments.stripe.intents(booking.id)
    await payments.stripe.post(f"/v1/payment_intents/{intent['id']}/cancel")
    await payments.stripe.new_events()  # lost
    await booking.deliver(booking.cancelled(fee=fee))
    await payments.settle()


async def test_debt_below_the_least_charge_is_written_off(
    payments: Payments, booking: Booking
) -> None:
    small = Booking(payments, booking.seeker, booking.consultant, amount=60)
    await create_debt(payments, small, fee=30)
    assert await small.status() == "released"
    (released,) = await small.emitted(PaymentReleased)
    assert (released.amount, released.currency, released.reason) == (30, "usd", "written_off")
    assert await small.emitted(PaymentFailed) == []
    assert await charges(payments, small) == []
    (item,) = (await payments.harness.get("/payments/history", user=small.seeker)).json()["items"]
    assert (item["status"], item["charged"]) == ("released", 0)
    assert await debts(payments.harness.database.reader, now()) == []
    assert await compare(payments.state.context) == []
    await payments.save_card(small.seeker, "pm_card_mastercard")
    await swept(payments)
    assert await small.status() == "released"
    assert len(await payments.stripe.intents(small.id)) == 1


async def test_debt_of_just_the_least_charge_is_charged(
    payments: Payments, booking: Booking
) -> None:
    small = Booking(payments, booking.seeker, booking.consultant, amount=100)
    await create_debt(payments, small, fee=50)
    (captured,) = await small.emitted(PaymentCaptured)
    assert captured.amount == 50


async def test_fee_below_the_least_charge_is_captured_while_it_is_held(
    payments: Payments, booking: Booking
) -> None:
    small = Booking(payments, booking.seeker, booking.consultant, amount=60)
    await small.authorize()
    await small.deliver(small.cancelled(fee=30))
    await payments.settle()
    assert await small.status() == "captured"
    (captured,) = await small.emitted(PaymentCaptured)
    assert captured.amount == 30


@pytest.mark.parametrize("step", ["create_intent", "capture_intent"])
async def test_what_stripe_calls_too_small_is_written_off(
    payments: Payments, booking: Booking, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Where a charge is converted, the least is that of the other currency."""
    await booking.authorize()
    (intent,) = await payments.stripe.intents(booking.id)
    if step == "create_intent":
        await payments.stripe.post(f"/v1/payment_intents/{intent['id']}/cancel")
        await payments.stripe.new_events()

    async def refuse(*_: Any, **__: Any) -> Any:
        raise Refused("amount_too_small", "Amount must be at least 50 cents")

    monkeypatch.setattr(intents, step, refuse)
    await booking.deliver(booking.cancelled(fee=55))
    await payments.settle()
    assert await booking.status() == "released"
    (released,) = await booking.emitted(PaymentReleased)
    assert (released.amount, released.reason) == (55, "written_off")
    (intent,) = await payments.stripe.intents(booking.id)
    assert intent["status"] == "canceled"
    assert await compare(payments.state.context) == []


async def test_small_debt_of_an_earlier_version_is_written_off_by_the_repair(
    payments: Payments, booking: Booking
) -> None:
    await make_debt(payments, booking, "pm_card_chargeCustomerFail")
    await payments.harness.sql("update payments set due_amount = 30")
    (found,) = await debts(payments.harness.database.reader, now())
    assert found.what == "the seeker owes 0.30 USD: card_declined"
    assert found.repair.endswith(f"make reconcile ARGS='repair {booking.id}'")
    assert await repair(payments.state.context, booking.id) == Outcome.REPAIRED
    await payments.settle()
    assert await booking.status() == "released"
    assert await debts(payments.harness.database.reader, now()) == []
    assert await compare(payments.state.context) == []
