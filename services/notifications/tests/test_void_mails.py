"""Mails whose subject is over, or that are no longer wanted, are not sent."""

from __future__ import annotations

from services.notifications.commands.reminders import plan_reminders
from services.notifications.mailer.decision import decide
from services.notifications.mailer.sender import LEASE
from services.notifications.store import mails
from services.notifications.tests.conftest import (
    Notifications,
    Pair,
    make_due,
    send_mails,
    states,
)
from services.notifications.tests.test_lists import ALL_ON
from shared import events as e
from shared.testing.mail_sandbox import MailSandbox

DAY_BEFORE = 86_400


async def test_declined_request_is_not_announced_late(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.requested()
    await pair.happens(e.BookingDeclined)
    await notifications.sql(
        "update mails set created_at = now() - interval '3 minutes' where kind = $1",
        "booking.requested",
    )
    await send_mails(notifications)
    assert await states(notifications, "booking.requested") == [("void", "booking declined")]
    assert [m["subject"] for m in mail.messages()] == ["Carl Gauß cannot take your request"]


async def test_immediate_mails_are_sent_in_order_whatever_follows(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.confirmed()
    await pair.cancelled()
    await send_mails(notifications)
    assert [m["subject"].partition(":")[0] for m in mail.messages("ada@example.org")] == [
        "Carl Gauß has accepted your request",
        "Confirmed",
        "Cancelled",
    ]


async def test_unsubscribed_while_it_is_claimed(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.requested()
    (claimed,) = await mails.claim(notifications.database.autocommit, 10, LEASE)
    off = {"bookings": False, "reminders": True, "payments": True, "messages": True}
    answer = await notifications.put(
        "/notifications/preferences",
        user=pair.consultant,
        json={"email": {**off, "ratings": True}},
    )
    assert answer.status_code == 200
    decided = await decide(notifications.database.autocommit, claimed)
    assert decided == mails.Ended("void", "switched off")


async def test_reminders_switched_off_and_on_again_are_sent(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.confirmed()
    await plan_reminders(notifications.database, (DAY_BEFORE,))
    for wanted in (False, True):
        await notifications.put(
            "/notifications/preferences",
            user=pair.seeker,
            json={"email": {**ALL_ON, "reminders": wanted}},
        )
    await make_due(notifications, "reminder")
    await send_mails(notifications)
    assert await states(notifications, "reminder") == [("sent", None)] * 2


async def test_cancelled_while_its_reminder_is_claimed(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.confirmed()
    await plan_reminders(notifications.database, (DAY_BEFORE,))
    await send_mails(notifications)
    await make_due(notifications, "reminder")
    claimed = await mails.claim(notifications.database.autocommit, 10, LEASE)
    await pair.cancelled()
    assert len(claimed) == 2  # both parties'
    for one in claimed:
        decided = await decide(notifications.database.autocommit, one)
        assert decided == mails.Ended("void", "booking cancelled")


async def test_closed_accounts_hear_of_money_alone(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.requested()
    gone = pair.registered(pair.seeker)
    await notifications.deliver(
        e.UserDeactivated(**{f: getattr(gone, f) for f in gone.__struct_fields__})
    )
    await pair.happens(e.BookingAccepted, commission_amount=900)
    await pair.cancelled()
    await send_mails(notifications)
    assert [m["subject"] for m in mail.messages("ada@example.org")] == [
        "Cancelled: the session with Carl Gauß"
    ]
