"""What Stripe reports: handled once, handled late, in any order, kept when it cannot be, found
when it was not delivered.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.payments.jobs import stripe_gaps
from services.payments.jobs.stripe_events import MAX_TRIES
from services.payments.store.stripe_events import make_pending
from services.payments.stripe_api import events
from services.payments.tests.actors import Booking, Make, Payments
from services.payments.tests.test_webhook import event, kept
from services.payments.webhook.__main__ import app
from services.payments.webhook.handlers import HANDLERS
from shared import clock
from shared.events import PaymentAuthorized, PaymentCaptured, PaymentMethodChanged, PayoutSent
from shared.ids import new_id


async def test_delivered_thrice_is_handled_once(payments: Payments, booking: Booking) -> None:
    await booking.deliver(booking.accepted())
    await booking.deliver(booking.ended())
    await payments.work()
    for one in await payments.stripe.new_events():
        answers = await asyncio.gather(*(payments.deliver_webhook(one) for _ in range(3)))
        assert {answer.status_code for answer in answers} == {200}
    await payments.handle()
    await payments.work()
    for kind in (PaymentAuthorized, PaymentCaptured, PayoutSent):
        assert len(await booking.emitted(kind)) == 1


@pytest.mark.parametrize("seed", [1, 2])
async def test_shuffled_and_tripled_leaves_the_same_state(
    payments: Payments, booking: Booking, seed: int
) -> None:
    bookings = [
        Booking(payments, booking.seeker, booking.consultant, amount=5_000 + n) for n in range(12)
    ]
    for number, one in enumerate(bookings):
        await one.deliver(one.accepted())
        await payments.work()
        outcome = (one.ended(), one.missed(), one.cancelled(fee=2_000), one.cancelled())[number % 4]
        await one.deliver(outcome)
        await payments.work()
    before = await _state(payments)
    events = 3 * await payments.stripe.new_events()
    random.Random(seed).shuffle(events)
    for chunk in range(0, len(events), 40):
        await asyncio.gather(*(payments.deliver_webhook(one) for one in events[chunk : chunk + 40]))
        await payments.handle()
    await payments.work()
    assert await _state(payments) == before
    assert {row["state"] for row in await kept(payments)} <= {"done", "ignored"}


async def _state(payments: Payments) -> Any:
    money = await payments.harness.sql(
        "select booking_id, status, captured_amount, payment_intent_id from payments order by "
        "booking_id"
    )
    emitted = await payments.harness.sql("select type, count(*) from outbox group by 1 order by 1")
    return [tuple(row) for row in money], [tuple(row) for row in emitted]


async def test_event_before_our_own_row_is_looked_at_again(
    payments: Payments, booking: Booking
) -> None:
    early = event(
        type="payment_intent.amount_capturable_updated",
        data={"object": {"id": "pi_early", "metadata": {"booking_id": str(booking.id)}}},
    )
    assert (await payments.deliver_webhook(early)).status_code == 200
    await payments.handle()
    (row,) = [row for row in await kept(payments) if row["event_id"] == "evt_1"]
    assert (row["state"], row["tries"]) == ("pending", 1)


async def command(*arguments: str) -> int:
    """The exit status of the operators' command."""
    with pytest.raises(SystemExit) as ended:
        await asyncio.to_thread(app, list(arguments))
    return int(str(ended.value.code))


async def test_event_that_cannot_be_handled_is_kept_and_replayed(
    payments: Payments,
    booking: Booking,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", payments.harness.database.url)
    await booking.deliver(booking.accepted())  # it is ours, and its intent is not at Stripe
    lost = event(data={"object": {"id": "pi_gone", "metadata": {"booking_id": str(booking.id)}}})
    await payments.deliver_webhook(lost)
    for number in range(40):
        with clock.shifted(timedelta(hours=2 * number)):
            await payments.harness.run_job("stripe-events")
    (row,) = [row for row in await kept(payments) if row["event_id"] == "evt_1"]
    assert row["state"] == "failed"
    assert await command("list") == 0
    assert "evt_1" in capsys.readouterr().out
    assert await command("show", "evt_1") == 0
    assert "pi_gone" in capsys.readouterr().out
    assert await command("replay", "failed") == 0
    (row,) = [row for row in await kept(payments) if row["event_id"] == "evt_1"]
    assert (row["state"], row["tries"]) == ("pending", 0)
    assert await command("show", "evt_none") == 1
    assert await command("replay", "evt_none") == 1
    assert await command() == 0
    assert "evt_1" in capsys.readouterr().out
    for wrong in (["dance"], ["list", "odd"], ["show"], ["replay"]):
        assert await command(*wrong) == 2


async def test_gap_poll_finds_what_was_not_delivered(payments: Payments) -> None:
    seeker = await payments.seeker(card=None)
    made = (await payments.harness.post("/payments/setup-intent", user=seeker)).json()
    await payments.stripe.post(
        f"/v1/setup_intents/{made['setup_intent_id']}/confirm", payment_method="pm_card_visa"
    )
    await payments.harness.run_job("stripe-gaps")
    await payments.handle()
    (saved,) = await payments.harness.emitted(PaymentMethodChanged)
    assert (saved.user_id, saved.state) == (seeker.id, "saved")
    before = len(await kept(payments))
    await payments.harness.run_job("stripe-gaps")
    assert len(await kept(payments)) == before


async def test_gap_poll_reads_a_batch_at_a_time(
    payments: Payments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stripe_gaps, "BATCH", 2)
    booking = Booking(payments, await payments.seeker(), await payments.consultant())
    before = len(await kept(payments))
    await booking.deliver(booking.accepted())
    await payments.work()
    await booking.deliver(booking.ended())
    await payments.work()
    await payments.harness.run_job("stripe-gaps")
    found = [row["type"] for row in await kept(payments)][before:]
    assert {"payment_intent.amount_capturable_updated", "payment_intent.succeeded"} <= set(found)
    assert len(found) == len({row["event_id"] for row in await kept(payments)}) - before


async def test_event_of_the_other_mode_is_not_handled_whichever_way_it_comes(
    payments: Payments, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed, delivered = event(id="evt_1", livemode=True), event(id="evt_2", livemode=True)

    async def events_since(*_: Any) -> AsyncIterator[dict[str, Any]]:
        yield listed

    monkeypatch.setattr(events, "events_since", events_since)
    await payments.harness.run_job("stripe-gaps")
    assert await kept(payments) == []
    await payments.deliver_webhook(delivered)
    async with payments.harness.database.transaction() as db:
        assert await make_pending(db, ["evt_2"]) == 1
    await payments.handle()
    (row,) = await kept(payments)
    assert (row["state"], row["last_error"]) == ("ignored", "of the other mode, live or test")


async def test_gap_poll_begins_again_where_stripe_did_not_answer(make_payments: Make) -> None:
    payments = await make_payments(stripe_api_base="http://127.0.0.1:9")
    assert await payments.harness.run_job("stripe-gaps") is False
    assert await payments.harness.sql("select * from gap_poll") == []


async def test_handled_events_are_pruned_after_two_months(payments: Payments) -> None:
    for one in (event(id="evt_old"), event(id="evt_failed"), event(id="evt_new")):
        await payments.deliver_webhook(one)
    await payments.handle()
    await payments.harness.sql(
        "update stripe_events set state = 'failed' where event_id = 'evt_failed'"
    )
    await payments.harness.sql(
        "update stripe_events set received_at = received_at - interval '61 days' where event_id "
        "<> 'evt_new'"
    )
    await payments.harness.prune()
    assert {row["event_id"] for row in await kept(payments)} == {"evt_failed", "evt_new"}


@pytest.mark.parametrize(
    "about",
    [
        {"type": "payment_intent.succeeded", "metadata": {"booking_id": str(new_id())}},
        {"type": "setup_intent.succeeded"},
        {"type": "charge.dispute.created"},
        {"type": "transfer.reversed", "metadata": {"booking_id": str(new_id())}},
        {"type": "payment_intent.succeeded", "account": "acct_other"},
    ],
)
async def test_events_about_objects_that_are_not_ours_end_as_ignored(
    payments: Payments, about: dict[str, Any]
) -> None:
    more = {name: about[name] for name in ("type", "account") if name in about}
    subject = {"id": "obj_foreign", "metadata": about.get("metadata", {})}
    await payments.deliver_webhook(event(data={"object": subject}, **more))
    for number in range(MAX_TRIES + 2):
        with clock.shifted(timedelta(hours=2 * number)):
            await payments.harness.run_job("stripe-events")
    assert [row["state"] for row in await kept(payments)] == ["ignored"]


async def test_the_document_describes_every_route(payments: Payments) -> None:
    document = (await payments.harness.get("/openapi.json")).json()
    assert set(document["paths"]) == {
        "/payments/setup-intent",
        "/payments/payment-method",
        "/payments/connect-account",
        "/payments/history",
        "/payments/payouts",
        "/payments/summary",
        "/payments/{booking_id}/authentication",
        "/payments/{booking_id}/refund",
        "/payments/{booking_id}/receipt",
        "/payments/{booking_id}/receipt.pdf",
        "/payments/statement",
        "/payments/statement.csv",
        "/payments/statement.pdf",
        "/webhooks/stripe",
    }


async def test_echo_of_our_own_step_waits_and_the_cardholders_word_wakes_the_job(
    payments: Payments, booking: Booking
) -> None:
    woken = payments.harness.job("stripe-events")._wake
    await booking.deliver(booking.accepted())
    await payments.work()
    ours = [
        one
        for one in await payments.stripe.new_events()
        if one["type"] == "payment_intent.amount_capturable_updated"
    ]
    theirs = {
        **ours[0],
        "id": "evt_theirs",
        "request": {"id": "req_1", "idempotency_key": "made-by-the-browser"},
    }
    woken.clear()
    assert (await payments.deliver_webhook(ours[0])).status_code == 200
    assert not woken.is_set()
    for one in (theirs, {**theirs, "id": "evt_ancient", "request": "req_2"}):
        assert (await payments.deliver_webhook(one)).status_code == 200
        assert woken.is_set()
        woken.clear()
    await payments.handle_due()
    states = {
        row["event_id"]: row["state"]
        for row in await kept(payments)
        if row["type"] == ours[0]["type"]
    }
    assert states == {ours[0]["id"]: "pending", "evt_theirs": "done", "evt_ancient": "done"}


def test_stripe_is_asked_for_just_what_is_handled() -> None:
    lines = (Path(__file__).parents[3] / "deploy" / "stripe-events.txt").read_text().splitlines()
    assert {line for line in lines if not line.startswith("#")} == set(HANDLERS)
