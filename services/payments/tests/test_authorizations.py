"""Holding the money: every answer of the bank, of Stripe and of nobody ends in one hold or a named
failure.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.payments.saga.worker import Worker
from services.payments.stripe_api import Uncertain, intents
from services.payments.tests.actors import Booking, Payments
from shared.events import PaymentAuthorized, PaymentFailed, PaymentReleased

FAILING = (
    ("pm_card_chargeCustomerFail", "card_declined"),
    ("pm_card_visa_chargeDeclinedLostCard", "card_declined"),
    ("pm_card_chargeDeclinedIncorrectCvc", "card_declined"),
    ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
    ("pm_card_chargeDeclinedExpiredCard", "expired_card"),
    ("pm_card_chargeDeclinedProcessingError", "processing_error"),
    ("pm_card_authenticationRequired", "authentication_required"),
)


@pytest.mark.parametrize(("card", "failure"), FAILING)
async def test_decline_is_named(
    payments: Payments, booking: Booking, card: str, failure: str
) -> None:
    # Such a card cannot be saved in the first place: its bank has changed its mind since.
    await payments.harness.sql("update cards set payment_method_id = $1", card)
    await booking.authorize()
    (failed,) = await booking.emitted(PaymentFailed)
    assert failed.reason == failure
    row = await payments.payment(booking.id)
    assert (row["status"], row["failure"]) == ("failed", failure)
    assert await booking.emitted(PaymentAuthorized) == []


async def test_nothing_is_released_of_a_hold_that_was_declined(
    payments: Payments, booking: Booking
) -> None:
    await payments.harness.sql("update cards set payment_method_id = 'pm_card_chargeCustomerFail'")
    await booking.authorize()
    await booking.deliver(booking.cancelled())
    await payments.settle()
    (released,) = await booking.emitted(PaymentReleased)
    (intent,) = await payments.stripe.intents(booking.id)
    assert (released.payment_intent_id, released.amount) == (intent["id"], 0)
    assert (await booking.status(), intent["status"]) == ("released", "canceled")


async def test_no_card_fails_without_asking_stripe(payments: Payments) -> None:
    seeker, consultant = await payments.seeker(card=None), await payments.consultant()
    booking = Booking(payments, seeker, consultant)
    await booking.authorize()
    (failed,) = await booking.emitted(PaymentFailed)
    assert (failed.reason, failed.payment_intent_id) == ("no_payment_method", None)
    assert await payments.stripe.requests("/v1/payment_intents") == []


async def test_card_whose_event_is_late_is_found_at_stripe(payments: Payments) -> None:
    seeker, consultant = await payments.seeker(card=None), await payments.consultant()
    made = (await payments.harness.post("/payments/setup-intent", user=seeker)).json()
    await payments.stripe.post(
        f"/v1/setup_intents/{made['setup_intent_id']}/confirm", payment_method="pm_card_visa"
    )
    booking = Booking(payments, seeker, consultant)
    await booking.deliver(booking.accepted())
    await payments.work()
    assert len(await booking.emitted(PaymentAuthorized)) == 1


async def test_retry_with_another_card_leaves_one_live_intent(
    payments: Payments, booking: Booking
) -> None:
    await payments.harness.sql("update cards set payment_method_id = 'pm_card_chargeCustomerFail'")
    await booking.authorize()
    await payments.save_card(booking.seeker, "pm_card_mastercard")
    await booking.deliver(booking.accepted(attempt=2))
    await payments.settle()
    states = sorted(one["status"] for one in await payments.stripe.intents(booking.id))
    assert states == ["canceled", "requires_capture"]
    assert len(await booking.emitted(PaymentAuthorized)) == 1


async def test_accepted_twice_is_authorized_once(payments: Payments, booking: Booking) -> None:
    for _ in range(3):
        await booking.authorize()
    assert len(await payments.stripe.intents(booking.id)) == 1
    assert len(await booking.emitted(PaymentAuthorized)) == 1
    assert await booking.status() == "authorized"


@pytest.mark.parametrize(
    "mode", ["timeout_before", "timeout_after", "500", "500_after", "429", "409"]
)
@pytest.mark.parametrize("times", [1, 3])
async def test_trouble_ends_in_one_authorization(
    payments: Payments, booking: Booking, mode: str, times: int
) -> None:
    await payments.stripe.fail_next("/v1/payment_intents", mode, times)
    await booking.deliver(booking.accepted())
    await payments.work()
    await payments.outlast(times)
    await payments.receive_events()
    (intent,) = await payments.stripe.intents(booking.id)
    assert intent["status"] == "requires_capture"
    (authorized,) = await booking.emitted(PaymentAuthorized)
    assert authorized.payment_intent_id == intent["id"]


async def test_crash_between_call_and_record_sends_the_same_key_again(
    payments: Payments, booking: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = payments.state.worker

    async def die(*_: Any, **__: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(worker, "_record", die)
        await booking.deliver(booking.accepted())
        await payments.work()
    assert await booking.emitted(PaymentAuthorized) == []
    await payments.work()  # the lease is not over: nobody may touch it
    assert len(await payments.stripe.requests("/v1/payment_intents")) == 1
    await payments.later(61)
    keys = {one["idempotency_key"] for one in await payments.stripe.requests("/v1/payment_intents")}
    assert keys == {f"booking:{booking.id}:authorize:1"}
    assert len(await payments.stripe.intents(booking.id)) == 1
    assert len(await booking.emitted(PaymentAuthorized)) == 1


async def test_outcome_is_searched_before_an_expired_key_is_used(
    payments: Payments, booking: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = payments.state.worker

    async def die(*_: Any, **__: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(worker, "_record", die)
        await booking.deliver(booking.accepted())
        await payments.work()
    await payments.later(86_400 + 60)
    assert len(await payments.stripe.requests("/v1/payment_intents")) == 2  # one POST, one list
    (intent,) = await payments.stripe.intents(booking.id)
    (authorized,) = await booking.emitted(PaymentAuthorized)
    assert authorized.payment_intent_id == intent["id"]


async def test_two_workers_at_once_make_one_intent(payments: Payments, booking: Booking) -> None:
    first = payments.state.worker
    second = Worker(first.database, payments.state.stripe, first._kinds)
    await booking.deliver(booking.accepted())
    await asyncio.gather(first.drain(), second.drain(), first.drain(), second.drain())
    assert len(await payments.stripe.requests("/v1/payment_intents")) == 1
    assert len(await booking.emitted(PaymentAuthorized)) == 1


async def test_cancelled_before_it_was_sent_never_reaches_stripe(
    payments: Payments, booking: Booking
) -> None:
    await booking.deliver(booking.accepted())
    await booking.deliver(booking.cancelled())
    await payments.settle()
    assert await payments.stripe.intents(booking.id) == []
    assert await booking.status() == "released"
    assert len(await booking.emitted(PaymentReleased)) == 1
    assert await booking.emitted(PaymentAuthorized) == []


async def test_cancelled_before_a_retry_was_sent_cancels_the_intent_of_the_first_attempt(
    payments: Payments, booking: Booking
) -> None:
    """Or the cardholder could still confirm it."""
    await payments.harness.sql("update cards set payment_method_id = 'pm_card_chargeCustomerFail'")
    await booking.authorize()
    await booking.deliver(booking.accepted(attempt=2))
    await booking.deliver(booking.cancelled())
    await payments.settle()
    (intent,) = await payments.stripe.intents(booking.id)
    assert intent["status"] == "canceled"
    assert await booking.status() == "released"


async def test_cancelled_while_it_was_sent_is_released(
    payments: Payments, booking: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = intents.create_intent

    async def and_then_cancelled(*args: Any, **kwargs: Any) -> Any:
        made = await create(*args, **kwargs)
        await booking.deliver(booking.cancelled())
        return made

    monkeypatch.setattr(intents, "create_intent", and_then_cancelled)
    await booking.authorize()
    (intent,) = await payments.stripe.intents(booking.id)
    assert intent["status"] == "canceled"
    assert await booking.emitted(PaymentAuthorized) == []
    assert len(await booking.emitted(PaymentReleased)) == 1


async def test_cancelled_before_the_acceptance_was_received_authorizes_nothing(
    payments: Payments, booking: Booking
) -> None:
    await booking.deliver(booking.cancelled())
    await booking.authorize()
    assert await payments.stripe.intents(booking.id) == []
    assert await booking.emitted(PaymentAuthorized) == []


async def test_lost_hold_is_authorized_again_at_once(payments: Payments, booking: Booking) -> None:
    await booking.authorize()
    await payments.stripe.advance(5 * 86_400)
    await payments.settle()
    states = sorted(one["status"] for one in await payments.stripe.intents(booking.id))
    assert states == ["canceled", "requires_capture"]
    assert len(await booking.emitted(PaymentAuthorized)) == 2
    assert (await payments.payment(booking.id))["renewals"] == 1


async def test_hold_that_would_lapse_is_renewed_in_time(payments: Payments) -> None:
    seeker, consultant = await payments.seeker(), await payments.consultant()
    booking = Booking(payments, seeker, consultant, starts_in=timedelta(days=6))
    await booking.authorize()
    before = (await payments.payment(booking.id))["payment_intent_id"]
    await payments.later(4 * 86_400)  # the hold has 18 hours left
    assert (await payments.payment(booking.id))["payment_intent_id"] == before
    await payments.stripe.advance(4 * 86_400 + 7 * 3600)  # the new hold is one of that moment
    await payments.later(4 * 86_400 + 7 * 3600)
    row = await payments.payment(booking.id)
    assert row["payment_intent_id"] != before
    states = {one["id"]: one["status"] for one in await payments.stripe.intents(booking.id)}
    assert states == {before: "canceled", row["payment_intent_id"]: "requires_capture"}


async def test_hold_that_lives_long_enough_is_not_renewed(
    payments: Payments, booking: Booking
) -> None:
    await booking.authorize()
    assert [one["kind"] for one in await payments.operations(booking.id)] == ["authorize"]


async def test_nothing_to_pay_needs_no_bank(payments: Payments) -> None:
    seeker, consultant = await payments.seeker(card=None), await payments.consultant()
    booking = Booking(payments, seeker, consultant, amount=0)
    await booking.authorize()
    assert len(await booking.emitted(PaymentAuthorized)) == 1
    await booking.deliver(booking.ended())
    await payments.settle()
    assert await booking.status() == "released"


async def test_amount_that_stripe_refuses_fails(payments: Payments) -> None:
    seeker, consultant = await payments.seeker(), await payments.consultant()
    booking = Booking(payments, seeker, consultant, amount=7)
    await booking.authorize()
    (failed,) = await booking.emitted(PaymentFailed)
    assert failed.reason == "processing_error"


async def test_uncertain_is_not_an_error_of_ours() -> None:
    assert not Uncertain("429").replayed
