"""What happens at Stripe, or is received, while a step of the booking is under way."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from services.payments.reconcile.repair import Outcome, repair
from services.payments.reconcile.report import compare
from services.payments.stripe_api import Refused, Stripe, intents, transfers
from services.payments.stripe_api.intents import Intent
from services.payments.stripe_api.transfers import Transfer
from services.payments.tests.actors import Booking, Make, Payments
from services.payments.tests.test_debts import make_debt
from services.payments.tests.test_early_events import captured_intents, handle_later
from services.payments.tests.test_refunds import refund
from shared.events import PaymentAuthorized, PaymentCaptured, PayoutSent

# ---- an earlier intent that the cardholder confirms as the next attempt ends it


@pytest.mark.parametrize("slow", [False, True])
async def test_debt_that_the_cardholder_pays_as_another_card_is_charged_is_charged_once(
    payments: Payments, booking: Booking, monkeypatch: pytest.MonkeyPatch, slow: bool
) -> None:
    await make_debt(payments, booking, "pm_card_authenticationRequired")
    path = f"/payments/{booking.id}/authentication"
    assert (await payments.harness.get(path, user=booking.seeker)).status_code == 200
    earlier = (await payments.payment(booking.id))["payment_intent_id"]
    read, unsure = intents.intent, ["processing", "processing"] if slow else []

    async def read_before(stripe: Stripe, intent_id: str) -> Intent:
        seen = await read(stripe, intent_id)
        if seen.status == "requires_action":
            await payments.stripe.control(f"3ds/{intent_id}", outcome="succeed")
        elif intent_id == earlier and unsure:
            return msgspec.structs.replace(seen, status=unsure.pop())
        return seen

    monkeypatch.setattr(intents, "intent", read_before)
    await payments.save_card(booking.seeker, "pm_card_mastercard")
    await payments.outlast(2)
    await handle_later(payments)
    assert [one["id"] for one in await captured_intents(payments, booking)] == [earlier]
    assert len(await booking.emitted(PaymentCaptured)) == 1
    assert await booking.status() == "captured"


# ---- a step that Stripe refuses to hear after it may have been done


async def test_transfer_in_doubt_stays_in_doubt_while_the_key_is_refused(
    payments: Payments, booking: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    await booking.authorize()
    await payments.stripe.fail_next("/v1/transfers", "timeout_after")
    await booking.deliver(booking.ended())
    await payments.work()
    create = transfers.create_transfer

    async def refuse(*_: Any, **__: Any) -> transfers.Transfer:
        raise Refused("unauthorized", "Invalid API key")

    monkeypatch.setattr(transfers, "create_transfer", refuse)
    await payments.outlast(1)
    monkeypatch.setattr(transfers, "create_transfer", create)
    charge = (await payments.payment(booking.id))["charge_id"]
    await payments.stripe.post("/v1/refunds", charge=charge, amount=9_000)
    await payments.receive_events()
    await payments.outlast(4)
    await handle_later(payments)
    (transfer,) = await payments.stripe.transfers(booking.id)
    assert transfer["amount"] - transfer["amount_reversed"] == 850
    assert (await payments.payout(booking.id))["sent_amount"] == 850


# ---- an acceptance that arrives after everything


async def test_acceptance_that_arrives_while_a_debt_is_charged_changes_nothing(
    payments: Payments, booking: Booking
) -> None:
    await make_debt(payments, booking, "pm_card_chargeCustomerFail")
    await payments.stripe.fail_next("/v1/payment_intents", "timeout_after")
    await payments.save_card(booking.seeker, "pm_card_mastercard")
    await payments.work()
    await booking.deliver(booking.accepted(attempt=2))
    await payments.outlast(3)
    await handle_later(payments)
    assert len(await captured_intents(payments, booking)) == 1
    assert await booking.status() == "captured"
    assert (await payments.payment(booking.id))["receipt_number"] == 1
    assert await compare(payments.state.context) == []


# ---- an intent that was read before a step ended it


async def test_older_look_at_an_intent_confirms_no_hold_that_was_let_go(
    payments: Payments, booking: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cardholder confirms; the seeker, whose card is removed, tries again."""
    seeker = await payments.seeker("pm_card_authenticationRequired")
    booking = Booking(payments, seeker, booking.consultant)
    await booking.authorize()
    path = f"/payments/{booking.id}/authentication"
    assert (await payments.harness.get(path, user=seeker)).status_code == 200
    intent_id = (await payments.payment(booking.id))["payment_intent_id"]
    await payments.stripe.control(f"3ds/{intent_id}", outcome="succeed")
    read = intents.intent

    async def read_slowly(stripe: Stripe, asked: str) -> Intent:
        seen = await read(stripe, asked)
        monkeypatch.setattr(intents, "intent", read)
        assert seen.status == "requires_capture"
        await payments.stripe.post(f"/v1/payment_intents/{asked}/cancel")
        await payments.harness.delete("/payments/payment-method", user=seeker)
        await booking.deliver(booking.accepted(attempt=2))
        await payments.work()
        return seen

    monkeypatch.setattr(intents, "intent", read_slowly)
    await payments.receive_events()
    await handle_later(payments)
    assert await booking.status() == "failed"
    assert await booking.emitted(PaymentAuthorized) == []


# ---- a repair beside a step, and answers that are recorded twice


async def test_repair_leaves_a_booking_alone_whose_transfer_is_in_doubt(
    payments: Payments, booking: Booking
) -> None:
    await booking.authorize()
    await payments.stripe.fail_next("/v1/transfers", "timeout_after")
    await booking.deliver(booking.ended())
    await payments.work()
    assert await repair(payments.state.context, booking.id) == Outcome.BUSY
    assert (await payments.payout(booking.id))["sent_amount"] == 0
    await payments.outlast()
    assert (await payments.payout(booking.id))["sent_amount"] == 8_500
    assert await repair(payments.state.context, booking.id) == Outcome.REPAIRED
    assert len(await booking.emitted(PayoutSent)) == 1
    assert await compare(payments.state.context) == []


async def test_repair_leaves_a_booking_alone_that_changed_after_it_was_read_at_stripe(
    make_payments: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would take the transfer that it did not see for one that was never made."""
    payments = await make_payments(payout_delay_seconds="3600")
    booking = Booking(payments, await payments.seeker(), await payments.consultant())
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.settle()
    listed = transfers.transfers_of

    async def list_slowly(stripe: Stripe, booking_id: str) -> list[Transfer]:
        seen = await listed(stripe, booking_id)
        monkeypatch.setattr(transfers, "transfers_of", listed)
        await payments.later(3_700)
        return seen

    monkeypatch.setattr(transfers, "transfers_of", list_slowly)
    assert await repair(payments.state.context, booking.id) == Outcome.BUSY
    await payments.settle()
    assert len(await payments.stripe.transfers(booking.id)) == 1
    assert (await payments.payout(booking.id))["sent_amount"] == 8_500
    assert await compare(payments.state.context) == []


@pytest.mark.parametrize(
    ("kind", "sent"), [("capture", 8_500), ("transfer", 8_500), ("reverse", 5_100)]
)
async def test_answer_that_is_recorded_already_is_not_counted_again(
    payments: Payments, captured: Booking, kind: str, sent: int
) -> None:
    if kind == "reverse":
        await refund(captured, amount=4_000)
        await payments.settle()
    published = len(await captured.emitted(PayoutSent))
    await payments.harness.sql(
        "update operations set state = 'due', in_doubt = true, due_at = now() where kind = $1", kind
    )
    await payments.settle()
    assert {one["state"] for one in await payments.operations(captured.id)} == {"done"}
    assert (await payments.payout(captured.id))["sent_amount"] == sent
    assert len(await captured.emitted(PayoutSent)) == published
    assert len(await captured.emitted(PaymentCaptured)) == 1
    (numbers,) = await payments.harness.sql("select last_number from receipt_counters")
    assert numbers["last_number"] == 1
    assert await compare(payments.state.context) == []
