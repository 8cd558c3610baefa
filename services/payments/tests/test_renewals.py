"""A hold that is still good is never given up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.payments.stripe_api import intents
from services.payments.tests.actors import Booking, Payments
from shared import clock
from shared.events import PaymentCaptured, PaymentFailed

RENEWAL = 4 * 86_400 + 7 * 3600  # seconds until the renewal of a hold of 4 days 18 hours is due
LAPSED = 4 * 86_400 + 18 * 3600 + 60


@pytest.fixture
async def distant(payments: Payments) -> Booking:
    """A session in six days, so that its hold is to be renewed."""
    booking = Booking(
        payments,
        await payments.seeker(),
        await payments.consultant(),
        starts_in=timedelta(days=6),
    )
    await booking.authorize()
    return booking


async def decline(payments: Payments) -> None:
    """From now on the card on file is declined."""
    await payments.harness.sql("update cards set payment_method_id = 'pm_card_chargeCustomerFail'")


async def held(payments: Payments, booking: Booking) -> list[Any]:
    return [
        one["id"]
        for one in await payments.stripe.intents(booking.id)
        if one["status"] == "requires_capture"
    ]


async def renewals(payments: Payments, booking: Booking) -> list[Any]:
    return [one for one in await payments.operations(booking.id) if one["kind"] == "renew"]


@pytest.mark.parametrize("trouble", ["declined", "removed"])
async def test_renewal_that_fails_keeps_the_hold(
    payments: Payments, distant: Booking, trouble: str
) -> None:
    if trouble == "removed":
        await payments.harness.delete("/payments/payment-method", user=distant.seeker)
    else:
        await decline(payments)
    before = (await payments.payment(distant.id))["payment_intent_id"]
    await payments.later(RENEWAL)
    row = await payments.payment(distant.id)
    assert (row["status"], row["payment_intent_id"]) == ("authorized", before)
    assert await held(payments, distant) == [before]
    assert await distant.emitted(PaymentFailed) == []
    await distant.deliver(distant.ended())
    await payments.settle()
    (captured,) = await distant.emitted(PaymentCaptured)
    assert (captured.payment_intent_id, captured.amount) == (before, 10_000)


async def test_renewal_that_failed_is_tried_with_a_new_card_at_once(
    payments: Payments, distant: Booking
) -> None:
    await decline(payments)
    before = (await payments.payment(distant.id))["payment_intent_id"]
    await payments.later(RENEWAL)
    await payments.save_card(distant.seeker, "pm_card_mastercard")
    await payments.later(1)
    (renewed,) = await held(payments, distant)
    assert renewed != before
    assert (await payments.payment(distant.id))["payment_intent_id"] == renewed


async def test_renewal_is_not_tried_again_at_once_with_the_card_that_was_declined(
    payments: Payments, distant: Booking
) -> None:
    """The card was found at Stripe, and its event arrives after its bank has declined."""
    await payments.stripe.new_events()
    await payments.harness.sql("delete from cards")
    path = "/payments/setup-intent"
    made = (await payments.harness.post(path, user=distant.seeker)).json()
    path = f"/v1/setup_intents/{made['setup_intent_id']}/confirm"
    await payments.stripe.post(path, payment_method="pm_card_chargeCustomerFail")
    await payments.later(RENEWAL)
    states = [one["state"] for one in await renewals(payments, distant)]
    assert states == ["failed", "due"]


async def test_renewal_fails_once_the_hold_has_lapsed(payments: Payments, distant: Booking) -> None:
    await decline(payments)
    await payments.later(RENEWAL)
    await payments.later(LAPSED)
    (failed,) = await distant.emitted(PaymentFailed)
    assert failed.reason == "card_declined"
    await payments.save_card(distant.seeker, "pm_card_mastercard")
    await distant.deliver(distant.accepted(attempt=2))
    await payments.settle()
    assert len(await held(payments, distant)) == 1
    assert await distant.status() == "authorized"


@pytest.mark.parametrize("billable", [True, False])
async def test_hold_is_not_renewed_once_its_session_is_decided(
    payments: Payments, distant: Booking, billable: bool
) -> None:
    await distant.deliver(distant.ended(billable=billable))
    assert [one["state"] for one in await renewals(payments, distant)] == ["dropped"]


async def test_new_hold_is_let_go_where_the_session_was_decided_meanwhile(
    payments: Payments, distant: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    create, before = intents.create_intent, await held(payments, distant)

    async def and_then_ended(*args: Any, **kwargs: Any) -> Any:
        made = await create(*args, **kwargs)
        await distant.deliver(distant.ended())
        return made

    monkeypatch.setattr(intents, "create_intent", and_then_ended)
    with clock.shifted(timedelta(seconds=RENEWAL)):
        await payments.work()  # without any event of Stripe
    (captured,) = await distant.emitted(PaymentCaptured)
    assert [captured.payment_intent_id] == before
    assert await held(payments, distant) == []


async def test_booking_moved_beyond_its_hold_is_renewed(
    payments: Payments, booking: Booking
) -> None:
    await booking.authorize()
    await booking.deliver(booking.moved(timedelta(days=10), 2))
    await booking.deliver(booking.moved(timedelta(days=1), 1))  # received late
    before = (await payments.payment(booking.id))["payment_intent_id"]
    await payments.stripe.advance(RENEWAL)
    await payments.later(RENEWAL)
    row = await payments.payment(booking.id)
    assert row["payment_intent_id"] != before
    assert await held(payments, booking) == [row["payment_intent_id"]]


async def test_new_hold_is_kept_for_an_hour_however_soon_it_seems_to_lapse(
    payments: Payments, distant: Booking
) -> None:
    """Stripe's clock stays behind ours, so that the new hold is always about to lapse."""
    await payments.later(RENEWAL)
    (renewed,) = await held(payments, distant)
    await payments.later(RENEWAL + 3_500)
    assert await held(payments, distant) == [renewed]
    await payments.later(RENEWAL + 3_700)
    assert await held(payments, distant) != [renewed]


async def test_booking_moved_as_its_hold_is_about_to_lapse_is_renewed_at_once(
    payments: Payments, booking: Booking
) -> None:
    await booking.authorize()
    before = (await payments.payment(booking.id))["payment_intent_id"]
    with clock.shifted(timedelta(seconds=RENEWAL)):
        moved_at = clock.now()
        await booking.deliver(booking.moved(timedelta(days=10)))
        (step,) = await renewals(payments, booking)
        assert moved_at <= step["due_at"] <= clock.now()  # at once, and not overdue for operators
        await payments.work()
    assert (await payments.payment(booking.id))["payment_intent_id"] != before


async def test_move_that_arrives_after_the_decision_renews_nothing(
    payments: Payments, booking: Booking
) -> None:
    await booking.authorize()
    await payments.stripe.fail_next("/v1/payment_intents/*/capture", "500")
    await booking.deliver(booking.ended())
    await payments.work()
    await booking.deliver(booking.moved(timedelta(days=10)))
    await payments.outlast()
    assert await booking.status() == "captured"
    assert await renewals(payments, booking) == []


async def test_booking_moved_within_its_hold_is_not_renewed(
    payments: Payments, distant: Booking
) -> None:
    await distant.deliver(distant.moved(timedelta(days=2)))
    before = (await payments.payment(distant.id))["payment_intent_id"]
    await payments.later(RENEWAL)
    assert (await payments.payment(distant.id))["payment_intent_id"] == before


async def test_new_time_received_before_the_acceptance_counts(
    payments: Payments, booking: Booking
) -> None:
    moved = booking.moved(timedelta(days=10))
    await booking.deliver(moved)
    await booking.authorize()
    row = await payments.payment(booking.id)
    assert (row["scheduled_end"], row["status"]) == (moved.scheduled_end, "authorized")
    kinds = [one["kind"] for one in await payments.operations(booking.id)]
    assert kinds == ["authorize", "renew"]
