"""How payments' events and the seeker's retries change a booking."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.booking.tests.conftest import Market, instant
from shared import clock
from shared.events import (
    BookingAccepted,
    BookingConfirmed,
    BookingPaymentFailed,
    PaymentCaptured,
    PaymentDisputed,
    PaymentMethodChanged,
    PaymentRefunded,
    PaymentReleased,
    PayoutSent,
    RefundRefused,
)
from shared.ids import new_id

DAY = timedelta(days=1)


async def test_failed_payment_names_reason_and_deadline(market: Market) -> None:
    before = clock.now()
    booking = await market.unpaid()
    assert (booking["status"], booking["payment_status"], booking["payment_failure"]) == (
        "payment_failed",
        "failed",
        "card_declined",
    )
    deadline = instant(booking["payment_deadline"])
    assert before + DAY <= deadline <= clock.now() + DAY
    assert not await market.is_free(booking["slot_id"])


async def test_payment_deadline_is_not_beyond_the_start(market: Market) -> None:
    booking = await market.unpaid(starts_in=timedelta(hours=2))
    assert booking["payment_deadline"] == booking["scheduled_start"]


@pytest.mark.parametrize("reason", [None, "do_not_honor", ""])
async def test_reason_that_is_none_of_ours_is_a_processing_error(
    market: Market, reason: Any
) -> None:
    booking = await market.accepted()
    await market.harness.deliver(market.failed(booking, reason))
    assert (await market.read(booking))["payment_failure"] == "processing_error"


async def test_retry_asks_payments_again_with_the_next_attempt(market: Market) -> None:
    booking = await market.unpaid()
    answer = await market.do("retry-payment", booking, market.seeker)
    assert answer.status_code == 202
    retried = answer.json()
    assert (retried["status"], retried["payment_status"]) == ("accepted", "authorizing")
    assert (retried["payment_failure"], retried["payment_deadline"]) == (None, None)
    assert [event.attempt for event in await market.harness.emitted(BookingAccepted)] == [1, 2]
    await market.harness.deliver(market.failed(booking, "expired_card"))
    await market.do("retry-payment", booking, market.seeker)
    assert [event.attempt for event in await market.harness.emitted(BookingAccepted)] == [1, 2, 3]
    await market.harness.deliver(market.authorized(booking))
    assert await market.status(booking) == "confirmed"
    assert (await market.events_of(booking)).count("payment.retried") == 2


async def test_retry_after_the_deadline_is_refused_before_any_sweep(market: Market) -> None:
    booking = await market.unpaid()
    with clock.shifted(DAY + timedelta(seconds=1)):
        answer = await market.do("retry-payment", booking, market.seeker)
    assert (answer.status_code, answer.json()["code"]) == (409, "invalid_transition")
    assert "payment_failed" in answer.json()["detail"]


@pytest.mark.parametrize("state", ["requested", "accepted", "confirmed", "completed"])
async def test_retry_in_any_other_state_is_refused(market: Market, state: str) -> None:
    booking = await getattr(market, state)()
    answer = await market.do("retry-payment", booking, market.seeker)
    assert (answer.status_code, answer.json()["code"]) == (409, "invalid_transition")
    assert state in answer.json()["detail"]


async def test_seeker_who_satisfied_their_bank_is_confirmed(market: Market) -> None:
    booking = await market.accepted()
    await market.harness.deliver(market.failed(booking, "authentication_required"))
    await market.harness.deliver(market.authorized(booking))
    confirmed = await market.read(booking)
    assert (confirmed["status"], confirmed["payment_status"]) == ("confirmed", "authorized")
    assert (confirmed["payment_failure"], confirmed["payment_deadline"]) == (None, None)
    assert len(await market.harness.emitted(BookingConfirmed)) == 1


async def test_second_refusal_renames_the_reason_and_keeps_the_deadline(market: Market) -> None:
    booking = await market.unpaid()
    await market.harness.deliver(market.failed(booking, "insufficient_funds"))
    again = await market.read(booking)
    assert (again["status"], again["payment_failure"]) == ("payment_failed", "insufficient_funds")
    assert again["payment_deadline"] == booking["payment_deadline"]


async def test_renewed_hold_changes_the_intent_and_nothing_else(market: Market) -> None:
    booking = await market.confirmed()
    await market.harness.deliver(market.authorized(booking, "pi_2"))
    renewed = await market.read(booking)
    assert (renewed["status"], renewed["payment_intent_id"]) == ("confirmed", "pi_2")
    assert len(await market.harness.emitted(BookingConfirmed)) == 1


async def test_lost_hold_notifies_both_and_sets_a_deadline(market: Market) -> None:
    booking = await market.confirmed()
    await market.harness.deliver(market.failed(booking))
    failed = await market.read(booking, by=market.consultant)
    assert (failed["status"], failed["payment_failure"]) == ("payment_failed", "card_declined")
    assert failed["payment_deadline"] is not None


async def test_authorisation_of_a_cancelled_booking_is_only_noted(market: Market) -> None:
    booking = await market.accepted()
    await market.do("cancel", booking, market.seeker)
    await market.harness.deliver(market.authorized(booking))
    late = await market.read(booking)
    assert (late["status"], late["payment_status"], late["payment_intent_id"]) == (
        "cancelled",
        "authorized",
        "pi_1",
    )
    assert await market.harness.emitted(BookingConfirmed) == []


async def test_event_without_an_intent_leaves_the_one_that_is_known(market: Market) -> None:
    booking = await market.confirmed()
    await market.harness.deliver(
        PaymentReleased(
            booking_id=UUID(booking["id"]),
            payment_intent_id=None,
            amount=0,
            currency="usd",
            reason=None,
        )
    )
    assert (await market.read(booking))["payment_intent_id"] == "pi_1"


async def test_refusal_during_the_session_does_not_stop_it(market: Market) -> None:
    booking = await market.in_progress()
    await market.harness.deliver(market.failed(booking))
    assert (await market.read(booking))["status"] == "in_progress"
    assert (await market.do("end", booking, market.seeker)).status_code == 200


async def test_same_event_twice_is_applied_once(market: Market) -> None:
    booking, event_id = await market.accepted(), new_id()
    for _ in range(3):
        await market.harness.deliver(market.authorized(booking), event_id)
    assert len(await market.harness.emitted(BookingConfirmed)) == 1
    assert (await market.events_of(booking)).count("payment.authorized") == 1


async def test_older_refusal_that_comes_late_does_not_undo_the_authorisation(
    market: Market,
) -> None:
    booking = await market.accepted()
    await market.harness.deliver(market.authorized(booking), sequence=2)
    await market.harness.deliver(market.failed(booking), sequence=1)
    assert await market.status(booking) == "confirmed"
    assert "payment.failed" in await market.events_of(booking)


async def test_event_about_an_unknown_booking_is_no_error(market: Market) -> None:
    unknown = {"id": str(new_id()), "amount": 1, "currency": "usd"}
    await market.harness.deliver(market.authorized(unknown))
    await market.harness.deliver(market.failed(unknown))
    event = PayoutSent(
        user_id=new_id(),
        booking_id=UUID(str(unknown["id"])),
        state="paid",
        amount=1,
        currency="usd",
    )
    await market.harness.deliver(event)


@pytest.mark.parametrize(
    ("kind", "reason", "payment_status"),
    [
        (PaymentCaptured, None, "captured"),
        (PaymentReleased, None, "released"),
        (PaymentRefunded, "requested", "refunded"),
        (PaymentDisputed, "opened", "disputed"),
        (PaymentDisputed, "lost", "disputed"),
        (PaymentDisputed, "won", "captured"),
    ],
)
async def test_what_became_of_the_money_is_shown(
    market: Market, kind: Any, reason: str | None, payment_status: str
) -> None:
    booking = await market.completed()
    await market.harness.deliver(
        kind(
            booking_id=UUID(booking["id"]),
            payment_intent_id="pi_1",
            amount=12_000,
            currency="usd",
            reason=reason,
        )
    )
    after = await market.read(booking)
    assert (after["status"], after["payment_status"]) == ("completed", payment_status)
    timeline = await market.harness.get(f"/bookings/{booking['id']}/timeline", user=market.seeker)
    last = timeline.json()["items"][-1]
    assert (last["actor"], last["event"]) == ("system", kind.TYPE.removesuffix(".v1"))
    assert (last["detail"]["amount"], last["detail"].get("reason")) == (12_000, reason)


@pytest.mark.parametrize(
    ("kind", "reason", "reported", "payment_status"),
    [
        (PaymentDisputed, "won", "refunded", "refunded"),  # all of it had gone back meanwhile
        # a part of it, while the bank has the rest
        (PaymentRefunded, "requested", "disputed", "disputed"),
        (PaymentRefunded, "returned_by_bank", "captured", "captured"),
        (PaymentRefunded, "requested", "of_the_future", "refunded"),
    ],
)
async def test_refund_and_dispute_that_meet_are_shown_as_payments_says(
    market: Market, kind: Any, reason: str, reported: str, payment_status: str
) -> None:
    booking = await market.completed()
    event = kind(
        booking_id=UUID(booking["id"]),
        payment_intent_id="pi_1",
        amount=100,
        currency="usd",
        reason=reason,
        payment_status=reported,
    )
    await market.harness.deliver(event)
    assert (await market.read(booking))["payment_status"] == payment_status


async def test_payout_is_on_the_timeline(market: Market) -> None:
    booking = await market.completed()
    event = PayoutSent(
        user_id=market.consultant.id,
        booking_id=UUID(booking["id"]),
        state="paid",
        amount=10_200,
        currency="usd",
    )
    await market.harness.deliver(event)
    timeline = await market.harness.get(
        f"/bookings/{booking['id']}/timeline", user=market.consultant
    )
    last = timeline.json()["items"][-1]
    assert last["event"] == "payout.sent"
    assert last["detail"] == {"state": "paid", "amount": 10_200, "currency": "usd"}


async def test_refused_refund_is_on_the_timeline_and_changes_nothing(market: Market) -> None:
    booking = await market.completed()
    before = await market.read(booking)
    event = RefundRefused(
        booking_id=UUID(booking["id"]),
        payment_intent_id="pi_1",
        amount=5_000,
        currency="usd",
        reason="charge_already_refunded",
    )
    await market.harness.deliver(event)
    assert await market.read(booking) == before
    timeline = await market.harness.get(
        f"/bookings/{booking['id']}/timeline", user=market.consultant
    )
    last = timeline.json()["items"][-1]
    assert last["event"] == "refund.refused"
    assert last["detail"] == {"amount": 5_000, "currency": "usd"}


async def test_saved_card_is_noted_where_a_payment_failed(market: Market) -> None:
    unpaid, fine = await market.unpaid(), await market.requested(timedelta(days=9))
    for state in ("saved", "removed"):
        await market.harness.deliver(PaymentMethodChanged(user_id=market.seeker.id, state=state))
    assert (await market.events_of(unpaid)).count("payment_method.changed") == 1
    assert "payment_method.changed" not in await market.events_of(fine)


async def test_failed_payment_is_announced_with_reason_and_deadline(market: Market) -> None:
    booking = await market.unpaid()
    [event] = await market.harness.emitted(BookingPaymentFailed)
    after = await market.read(booking)
    assert event.payment_failure == after["payment_failure"] == "card_declined"
    assert event.payment_deadline == instant(after["payment_deadline"])
    assert str(event.booking_id) == booking["id"]
    # requested, accepted, failed: each change of status shows in the calendar
    assert event.calendar_sequence == 2


async def test_session_url_is_shown_from_confirmed_on(open_market: Any) -> None:
    market = await open_market(meeting_url_template="https://meet.example/{room}")
    booking = await market.accepted()
    assert booking["session_url"] is None
    await market.harness.deliver(market.authorized(booking))
    seen = (await market.read(booking))["session_url"]
    assert re.fullmatch(r"https://meet\.example/[0-9a-f]{32}", seen)
    assert (await market.read(booking, by=market.consultant))["session_url"] == seen
    await market.do("cancel", booking, market.consultant)
    assert (await market.read(booking))["session_url"] is None


async def test_session_url_is_the_web_apps_page_without_a_template(open_market: Any) -> None:
    market = await open_market(public_url="https://market.example")
    booking = await market.confirmed()
    assert booking["session_url"] == f"https://market.example/session/{booking['id']}"
