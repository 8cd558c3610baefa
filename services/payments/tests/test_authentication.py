"""The bank asks for the cardholder: they confirm in the browser, and the booking goes on."""

from __future__ import annotations

import pytest

from services.payments.tests.actors import Booking, Payments
from services.payments.tests.sandbox import PUBLISHABLE_KEY
from services.payments.tests.test_renewals import decline
from shared.events import PaymentAuthorized, PaymentFailed


@pytest.fixture
async def challenged(payments: Payments) -> Booking:
    """A booking whose bank wants the cardholder every time."""
    seeker = await payments.seeker("pm_card_authenticationRequired")
    booking = Booking(payments, seeker, await payments.consultant())
    await booking.authorize()
    assert (await payments.payment(booking.id))["failure"] == "authentication_required"
    return booking


async def confirm(payments: Payments, booking: Booking, outcome: str) -> None:
    answer = await payments.harness.get(
        f"/payments/{booking.id}/authentication", user=booking.seeker
    )
    assert answer.status_code == 200, answer.text
    secret = answer.json()["client_secret"]
    intent_id = secret.partition("_secret_")[0]
    confirmed = await payments.stripe.http.post(
        f"/v1/payment_intents/{intent_id}/confirm",
        data={"client_secret": secret},
        auth=(PUBLISHABLE_KEY, ""),
    )
    assert confirmed.json()["status"] == "requires_action"
    await payments.stripe.control(f"3ds/{intent_id}", outcome=outcome)
    await payments.settle()


async def test_cardholder_authenticates(payments: Payments, challenged: Booking) -> None:
    await confirm(payments, challenged, "succeed")
    assert await challenged.status() == "authorized"
    assert len(await challenged.emitted(PaymentAuthorized)) == 1
    await challenged.deliver(challenged.ended())
    await payments.settle()
    assert await challenged.status() == "captured"


async def test_cardholder_fails_and_tries_again(payments: Payments, challenged: Booking) -> None:
    await confirm(payments, challenged, "fail")
    assert await challenged.status() == "failed"
    await confirm(payments, challenged, "succeed")
    assert await challenged.status() == "authorized"
    assert len(await challenged.emitted(PaymentFailed)) == 1


async def test_decline_for_another_reason_is_announced_too(
    payments: Payments, challenged: Booking
) -> None:
    await decline(payments)
    path = f"/payments/{challenged.id}/authentication"
    assert (await payments.harness.get(path, user=challenged.seeker)).status_code == 409
    await payments.settle()
    failures = [one.reason for one in await challenged.emitted(PaymentFailed)]
    assert failures == ["authentication_required", "card_declined"]
    assert (await payments.payment(challenged.id))["failure"] == "card_declined"


async def test_cancelled_meanwhile_cannot_be_confirmed_any_more(
    payments: Payments, challenged: Booking
) -> None:
    await challenged.deliver(challenged.cancelled())
    await payments.settle()
    (intent,) = await payments.stripe.intents(challenged.id)
    assert intent["status"] == "canceled"
    answer = await payments.harness.get(
        f"/payments/{challenged.id}/authentication", user=challenged.seeker
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_authenticate")


async def test_retry_adopts_a_hold_that_the_cardholder_has_just_confirmed(
    payments: Payments, challenged: Booking
) -> None:
    answer = await payments.harness.get(
        f"/payments/{challenged.id}/authentication", user=challenged.seeker
    )
    intent_id = answer.json()["client_secret"].partition("_secret_")[0]
    await payments.stripe.post(f"/v1/payment_intents/{intent_id}/confirm")
    await payments.stripe.control(f"3ds/{intent_id}", outcome="succeed")
    await challenged.deliver(challenged.accepted(attempt=2))  # before the event is received
    await payments.settle()
    (intent,) = await payments.stripe.intents(challenged.id)
    assert intent["status"] == "requires_capture"
    assert len(await challenged.emitted(PaymentAuthorized)) == 1


async def test_only_its_seeker_gets_the_secret(payments: Payments, challenged: Booking) -> None:
    path = f"/payments/{challenged.id}/authentication"
    assert (await payments.harness.get(path)).status_code == 401
    assert (await payments.harness.get(path, user=challenged.consultant)).status_code == 403
    assert (
        await payments.harness.get(path, user=payments.harness.user("seeker"))
    ).status_code == 404
