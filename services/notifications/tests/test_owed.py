"""The seeker of a booking that is over is told what they owe, and how to pay it."""

from __future__ import annotations

import pytest

from services.notifications.tests.conftest import (
    Notifications,
    Pair,
    send_mails,
    states,
)
from services.notifications.tests.test_lists import ALL_ON
from shared import events as e
from shared.ids import new_id
from shared.testing.mail_sandbox import MailSandbox
from shared.testing.orders import Order, deliver_in_order, in_every_order


def failed(pair: Pair, *, owed: bool = True) -> e.PaymentFailed:
    return e.PaymentFailed(
        booking_id=pair.booking_id,
        payment_intent_id="pi_1",
        amount=3_000,
        currency="eur",
        reason="insufficient_funds",
        owed=owed,
    )


async def test_seeker_is_told_of_a_debt_whatever_they_have_switched_off(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    all_off = {"email": dict.fromkeys(ALL_ON, False)}
    await notifications.put("/notifications/preferences", user=pair.seeker, json=all_off)
    await pair.confirmed()
    await pair.cancelled(fee=3_000)
    await notifications.deliver(failed(pair))
    await send_mails(notifications)
    (sent,) = [m for m in mail.messages() if "owe" in m["subject"]]
    assert sent["to"] == pair.email(pair.seeker)
    assert sent["subject"] == "You owe €30.00 for your booking with Carl Gauß"
    assert "there is not enough money on the card" in sent["text"]
    assert sent["links"] == ["https://market.example/settings/payment"]
    listed = await notifications.get("/notifications", user=pair.seeker)
    assert [one["link"] for one in listed.json()["items"] if one["type"] == "payment.failed"] == [
        "/settings/payment"
    ]
    listed = await notifications.get("/notifications", user=pair.consultant)
    assert "payment.failed" not in {one["type"] for one in listed.json()["items"]}


async def test_hold_that_fails_is_no_debt(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.confirmed()
    await notifications.deliver(failed(pair, owed=False))
    assert await states(notifications, "payment.failed") == []
    listed = await notifications.get("/notifications", user=pair.seeker)
    assert "payment.failed" not in {one["type"] for one in listed.json()["items"]}


@pytest.mark.parametrize("end", [e.PaymentCaptured, e.PaymentReleased])
async def test_debt_that_is_paid_or_written_off_is_not_asked_for_late(
    notifications: Notifications, pair: Pair, mail: MailSandbox, end: type[e.PaymentEvent]
) -> None:
    await pair.confirmed()
    await pair.cancelled(fee=3_000)
    await notifications.deliver(failed(pair))
    ended = end(booking_id=pair.booking_id, payment_intent_id="pi_2", amount=3_000, currency="eur")
    await notifications.deliver(ended)
    await notifications.sql("update mails set created_at = created_at - interval '3 minutes'")
    await send_mails(notifications)
    assert await states(notifications, "payment.failed") == [("void", "nothing owed")]


def captured(pair: Pair) -> e.PaymentCaptured:
    return e.PaymentCaptured(
        booking_id=pair.booking_id, payment_intent_id="pi_2", amount=3_000, currency="eur"
    )


def released(pair: Pair) -> e.PaymentReleased:
    return e.PaymentReleased(
        booking_id=pair.booking_id, payment_intent_id="pi_1", amount=3_000, currency="eur"
    )


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
@pytest.mark.parametrize("is_known", [True, False], ids=["known booking", "early"])
async def test_debt_after_a_release_is_asked_for_however_late(
    notifications: Notifications,
    pair: Pair,
    mail: MailSandbox,
    order: tuple[int, int],
    is_known: bool,
) -> None:
    """The hold lapsed before payments knew what the session cost, and the card was declined."""
    events = {1: released(pair), 2: failed(pair)}
    if is_known:
        await pair.confirmed()
    for sequence in order:
        await notifications.deliver(events[sequence], sequence=sequence)
    await pair.confirmed()
    await notifications.sql("update mails set created_at = created_at - interval '3 minutes'")
    await send_mails(notifications)
    assert await states(notifications, "payment.failed") == [("sent", None)]
    streamed = await notifications.sql(
        "select user_id from stream_events where event = 'payment.released'"
    )
    assert {row["user_id"] for row in streamed} == {pair.seeker.id, pair.consultant.id}


@in_every_order(4)
async def test_all_that_happened_is_shown_live_and_only_the_debts_that_stand_are_asked_for(
    notifications: Notifications, pair: Pair, mail: MailSandbox, order: Order
) -> None:
    """A debt that is known too late is shown to both, as every event is. It is no entry of the list
    and no mail, because they would ask the seeker to pay what they have paid.
    """
    await notifications.sql("truncate mails, notifications, stream_events, stream_positions")
    pair.booking_id = new_id()
    await pair.requested()
    events = [failed(pair), released(pair), failed(pair), captured(pair)]
    await deliver_in_order(notifications.deliver, events, order)
    for user in (pair.seeker, pair.consultant):
        streamed = await notifications.sql(
            "select event, count(*) as number from stream_events"
            " where user_id = $1 and event like 'payment.%' group by event",
            user.id,
        )
        assert {row["event"]: row["number"] for row in streamed} == {
            "payment.failed": 2,
            "payment.released": 1,
            "payment.captured": 1,
        }
    asked = [at for place, at in enumerate(order) if at in (0, 2) and at >= max(order[: place + 1])]
    listed = await notifications.get("/notifications", user=pair.seeker)
    assert [one["type"] for one in listed.json()["items"]].count("payment.failed") == len(asked)
    await notifications.sql("update mails set created_at = created_at - interval '3 minutes'")
    await send_mails(notifications)
    assert await states(notifications, "payment.failed") == [("void", "nothing owed")] * len(asked)
