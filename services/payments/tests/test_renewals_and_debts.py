"""A hold that is still good is never given up, and what is owed can be paid."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from services.payments.jobs.sweep import sweep
from services.payments.reconcile.ours import debts
from services.payments.reconcile.report import compare
from services.payments.stripe_api import Stripe, intents
from services.payments.tests.actors import Booking, Payments
from shared.clock import now
from shared.events import PaymentCaptured, PaymentFailed, PaymentReleased

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


async def test_booking_moved_beyond_its_hold_is_renewed(
    payments: Payments, booking: Booking
) -> None:
    await booking.authorize()
    await booking.deliver(booking.moved(timedelta(days=10), 2))
    await booking.deliver(booking.moved(timedelta(days=1), 1))  # received late
    before = (await payments.payment(booking.id))["payment_intent_id"]
    await payments.later(RENEWAL)
    row = await payments.payment(booking.id)
    assert row["payment_intent_id"] != before
    assert await held(payments, booking) == [row["payment_intent_id"]]


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


# ---- debts


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


# ---- decisions


async def test_seeker_who_never_came_owes_the_share(payments: Payments, booking: Booking) -> None:
    await booking.authorize()
    await booking.deliver(booking.missed(fee=5_000))
    await payments.settle()
    (captured,) = await booking.emitted(PaymentCaptured)
    assert (captured.amount, captured.reason) == (5_000, "no_show")


async def test_cancellation_received_before_the_acceptance_is_reported_as_released(
    payments: Payments, booking: Booking
) -> None:
    await booking.deliver(booking.cancelled())
    assert await booking.emitted(PaymentReleased) == []
    await booking.deliver(booking.accepted())
    (released,) = await booking.emitted(PaymentReleased)
    assert (released.payment_intent_id, released.amount) == (None, 0)
    assert await booking.status() == "released"


@pytest.mark.parametrize("first", ["captured", "decided"])
@pytest.mark.parametrize("due", [0, 4_000])
async def test_what_was_captured_by_hand_beyond_what_is_due_is_given_back(
    payments: Payments, booking: Booking, first: str, due: int
) -> None:
    await booking.authorize()
    (intent,) = await payments.stripe.intents(booking.id)
    decision = booking.cancelled(fee=due) if due else booking.ended(billable=False)
    if first == "decided":
        await booking.deliver(decision)
    await payments.stripe.post(f"/v1/payment_intents/{intent['id']}/capture")
    if first == "captured":
        await payments.receive_events()
        await booking.deliver(decision)
    await payments.settle()
    row = await payments.payment(booking.id)
    assert row["captured_amount"] - row["refunded_amount"] == due
    assert row["status"] == ("captured" if due else "refunded")
    sent = await payments.stripe.transfers(booking.id)
    net = sum(one["amount"] - one["amount_reversed"] for one in sent)
    assert net == due - due * 1500 // 10_000
    assert await payments.ledger_sum() == 0


async def test_removed_card_is_not_charged_while_its_detaching_waits(
    payments: Payments, booking: Booking
) -> None:
    await payments.stripe.fail_next("/v1/payment_methods/*/detach", "500", 5)
    await payments.harness.delete("/payments/payment-method", user=booking.seeker)
    await booking.deliver(booking.accepted())
    await payments.work()
    (failed,) = await booking.emitted(PaymentFailed)
    assert failed.reason == "no_payment_method"
    assert await payments.stripe.intents(booking.id) == []


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("another", [False, True])
async def test_removed_card_is_not_charged_by_a_step_in_doubt(
    payments: Payments, booking: Booking, done: bool, another: bool
) -> None:
    """The first try has had no answer. What it did counts; what it did not do is not done with the
    card that was removed meanwhile, though its detaching waits as well.
    """
    mode = "timeout_after" if done else "timeout_before"
    await payments.stripe.fail_next("/v1/payment_intents", mode)
    await booking.deliver(booking.accepted())
    await payments.work()
    (step,) = await payments.operations(booking.id)
    assert step["in_doubt"]
    removed = json.loads(step["params"])["payment_method"]
    await payments.stripe.fail_next("/v1/payment_methods/*/detach", "500", 2)
    assert (
        await payments.harness.delete("/payments/payment-method", user=booking.seeker)
    ).status_code == 204
    if another:
        await payments.save_card(booking.seeker)
    await payments.outlast(6)
    await payments.receive_events()
    intents = await payments.stripe.intents(booking.id)
    if done:
        assert await booking.status() == "authorized"
        assert [one["payment_method"] for one in intents] == [removed]
    elif another:
        assert await booking.status() == "authorized"
        (intent,) = intents
        assert intent["payment_method"] not in (removed, None)
    else:
        assert (await payments.payment(booking.id))["failure"] == "no_payment_method"
        assert intents == []
