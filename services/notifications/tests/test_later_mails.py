"""Mails that are due later: reminders, unread messages, rating requests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import icalendar
import pytest

from services.notifications.commands.reminders import plan_reminders
from services.notifications.tests.conftest import (
    Notifications,
    Pair,
    make_due,
    send_mails,
    states,
)
from shared import events as e
from shared.clock import now
from shared.ids import new_id
from shared.testing.mail_sandbox import MailSandbox

DAY_BEFORE, QUARTER_BEFORE = 86_400, 900


def entry_of(mail: dict[str, Any]) -> dict[str, Any]:
    """The properties of the mail's calendar entry that decide whether it is a new one."""
    (attachment,) = mail["attachments"]
    calendar = icalendar.Calendar.from_ical(attachment["content"])
    assert calendar["METHOD"] == "REQUEST"
    (event,) = calendar.walk("VEVENT")
    names = ("UID", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "STATUS")
    return {name: event[name] for name in names}


async def test_reminders_are_planned_once_for_both(
    notifications: Notifications, pair: Pair
) -> None:
    await pair.confirmed()
    for _ in range(2):
        await plan_reminders(notifications.database, (DAY_BEFORE, QUARTER_BEFORE))
    rows = await notifications.sql("select user_id, due_at from mails where kind = 'reminder'")
    assert sorted((pair.start - row["due_at"]).total_seconds() for row in rows) == [
        900,
        900,
        86_400,
        86_400,
    ]
    assert {row["user_id"] for row in rows} == {pair.seeker.id, pair.consultant.id}


async def test_reminders_whose_time_has_passed_are_left_out(
    notifications: Notifications, pair: Pair
) -> None:
    pair.start = now() + timedelta(hours=2)
    await pair.confirmed()
    await plan_reminders(notifications.database, (DAY_BEFORE, QUARTER_BEFORE))
    rows = await notifications.sql("select due_at from mails where kind = 'reminder'")
    assert [pair.start - row["due_at"] for row in rows] == [timedelta(seconds=900)] * 2


async def test_reminders_follow_a_booking_that_moves(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.confirmed()
    await plan_reminders(notifications.database, (DAY_BEFORE,))
    old, pair.start = pair.start, pair.start + timedelta(days=2)
    await pair.happens(
        e.BookingRescheduled,
        status="confirmed",
        rescheduled_by="seeker",
        previous_slot_id=new_id(),
        previous_start=old,
        previous_end=old + timedelta(hours=1),
    )
    await plan_reminders(notifications.database, (DAY_BEFORE,))
    await make_due(notifications, "reminder")
    await send_mails(notifications)
    assert sorted(await states(notifications, "reminder")) == [
        ("sent", None),
        ("sent", None),
        ("void", "moved"),
        ("void", "moved"),
    ]
    (reminder,) = [m for m in mail.messages("ada@example.org") if "Reminder" in m["subject"]]
    assert f"{pair.start.astimezone(ZoneInfo('Europe/Berlin')).day} " in reminder["text"]
    # The same entry as in the mail that told of the new time, so calendars keep one.
    (moved,) = [m for m in mail.messages("ada@example.org") if "moved" in m["subject"].lower()]
    assert entry_of(reminder) == entry_of(moved)
    assert entry_of(reminder)["DTSTART"].dt == pair.start


async def test_a_reminder_of_a_past_session_is_not_sent(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.confirmed()
    await plan_reminders(notifications.database, (DAY_BEFORE,))
    past = (now() - timedelta(minutes=1)).isoformat()
    await notifications.sql(
        "update mails set due_at = now(),"
        " context = jsonb_set(context, '{start}', to_jsonb($1::text)) where kind = 'reminder'",
        past,
    )
    await send_mails(notifications)
    assert set(await states(notifications, "reminder")) == {("void", "start has passed")}


async def test_reminders_have_the_newest_sequence_after_the_hold_was_lost(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.confirmed()
    await plan_reminders(notifications.database, (DAY_BEFORE,))
    failure = {"payment_failure": "card_declined", "payment_deadline": now() + timedelta(days=1)}
    await pair.happens(e.BookingPaymentFailed, **failure)
    await pair.happens(e.BookingAccepted, commission_amount=900, attempt=2)
    await pair.happens(e.BookingConfirmed)
    await make_due(notifications, "reminder")
    await send_mails(notifications)
    (reminder,) = [m for m in mail.messages("ada@example.org") if "Reminder" in m["subject"]]
    assert entry_of(reminder)["SEQUENCE"] == pair.sequence == 6


async def test_reminders_have_the_newest_sequence_after_the_booking_moved_and_came_back(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    start = pair.start
    await pair.confirmed()
    await plan_reminders(notifications.database, (DAY_BEFORE,))
    for moved in (start + timedelta(days=1), start):
        await pair.moved(moved)
        await plan_reminders(notifications.database, (DAY_BEFORE,))
    await make_due(notifications, "reminder")
    await send_mails(notifications)
    (reminder,) = [m for m in mail.messages("ada@example.org") if "Reminder" in m["subject"]]
    assert entry_of(reminder)["SEQUENCE"] == pair.sequence == 5
    assert entry_of(reminder)["DTSTART"].dt == start


async def test_entry_of_a_time_that_has_changed_since_keeps_its_sequence(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.confirmed()
    old = pair.start
    await pair.moved(pair.start + timedelta(days=1))
    await send_mails(notifications)
    entries = [entry_of(m) for m in mail.messages("ada@example.org") if m["attachments"]]
    assert [(one["SEQUENCE"], one["DTSTART"].dt) for one in entries] == [(3, old), (4, pair.start)]


def id_of(at: datetime) -> UUID:
    """The id of an event that happened then."""
    return UUID(int=int(at.timestamp() * 1000) << 80 | new_id().int & (1 << 80) - 1)


async def confirm(pair: Pair, at: datetime) -> None:
    """The booking was confirmed `at`, and this service hears of it now."""
    await pair.requested()
    await pair.service.deliver(e.BookingConfirmed(**pair.fields()), id_of(at))


@pytest.mark.parametrize(
    ("ahead", "planned"),
    [
        (timedelta(hours=25), [86_400, 900]),
        (timedelta(hours=23), [86_400, 900]),
        (timedelta(minutes=16), [86_400, 900]),
        (timedelta(minutes=14), [900]),
        (timedelta(seconds=-1), []),
    ],
)
async def test_reminders_that_were_due_while_the_service_was_down_are_sent_late(
    notifications: Notifications,
    pair: Pair,
    mail: MailSandbox,
    ahead: timedelta,
    planned: list[int],
) -> None:
    pair.start = now() + ahead
    await confirm(pair, pair.start - timedelta(hours=32))
    await plan_reminders(notifications.database, (DAY_BEFORE, QUARTER_BEFORE))
    rows = await notifications.sql(
        "select due_at from mails where kind = 'reminder' and user_id = $1 order by due_at",
        pair.seeker.id,
    )
    assert [round((pair.start - row["due_at"]).total_seconds()) for row in rows] == planned
    await send_mails(notifications)
    sent = await states(notifications, "reminder")
    assert sent.count(("sent", None)) == 2 * sum(timedelta(seconds=s) > ahead for s in planned)


async def test_reminders_due_before_the_booking_moved_are_left_out_however_late_that_is_heard(
    notifications: Notifications, pair: Pair
) -> None:
    pair.start = now() + timedelta(hours=40)
    await confirm(pair, now() - timedelta(hours=10))
    start = now() + timedelta(hours=20)
    moved = e.BookingRescheduled(
        **pair.fields(start),
        status="confirmed",
        rescheduled_by="seeker",
        previous_slot_id=new_id(),
        previous_start=pair.start,
        previous_end=pair.start + timedelta(hours=1),
    )
    await notifications.deliver(moved, id_of(now() - timedelta(hours=1)))
    await plan_reminders(notifications.database, (DAY_BEFORE, QUARTER_BEFORE))
    rows = await notifications.sql("select due_at from mails where kind = 'reminder'")
    assert {round((start - row["due_at"]).total_seconds()) for row in rows} == {900}


async def test_a_reminder_that_waited_until_the_next_one_is_due_is_not_sent(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    pair.start = now() + timedelta(minutes=20)
    await confirm(pair, pair.start - timedelta(hours=32))
    await plan_reminders(notifications.database, (DAY_BEFORE, QUARTER_BEFORE))
    sql = (
        "update mails set context = jsonb_set(context, '{next_reminder_at}', to_jsonb(now()))"
        " where context->>'next_reminder_at' is not null"
    )
    await notifications.sql(sql)
    await make_due(notifications, "reminder")
    await send_mails(notifications)
    assert sorted(await states(notifications, "reminder")) == [
        ("sent", None),
        ("sent", None),
        ("void", "next reminder due"),
        ("void", "next reminder due"),
    ]


async def test_unread_messages_are_gathered_into_one_mail(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.requested()
    for text in ("First", "Second", "Third"):
        await notifications.deliver(pair.posted(text))
    ((due,),) = await notifications.sql("select due_at from mails where kind = 'message.posted'")
    assert due > now() + timedelta(minutes=4)
    await make_due(notifications, "message.posted")
    await send_mails(notifications)
    (sent,) = [m for m in mail.messages("carl@example.org") if "message" in m["subject"]]
    assert sent["subject"] == "3 new messages from Ada Byron"
    assert [sent["text"].count(text) for text in ("First", "Second", "Third")] == [1, 1, 1]


async def test_messages_that_were_read_need_no_mail(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.requested()
    first, second, third = pair.posted("First"), pair.posted("Second"), pair.posted("Third")
    read = e.MessagesRead(
        booking_id=pair.booking_id,
        reader_id=pair.consultant.id,
        author_id=pair.seeker.id,
        up_to=second.message_id,
        read_at=now(),
    )
    await notifications.deliver(first)
    await notifications.deliver(read)  # before the second has arrived
    await notifications.deliver(second)
    assert await states(notifications, "message.posted") == [("void", "read")]
    await notifications.deliver(third)
    await make_due(notifications, "message.posted")
    await send_mails(notifications)
    (sent,) = [m for m in mail.messages("carl@example.org") if "message" in m["subject"]]
    assert "Third" in sent["text"]
    assert "First" not in sent["text"]


async def test_a_rating_is_asked_for_an_hour_after_the_end_unless_it_was_given(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.confirmed()
    await pair.ended()
    ((due,),) = await notifications.sql("select due_at from mails where kind = 'rating.asked'")
    assert timedelta(minutes=59) < due - now() < timedelta(minutes=61)
    await notifications.deliver(
        e.SessionRated(
            booking_id=pair.booking_id,
            consultant_id=pair.consultant.id,
            seeker_id=pair.seeker.id,
            seeker_first_name="Ada",
            score=5,
            comment=None,
            rated_at=now(),
        )
    )
    await make_due(notifications, "rating.asked")
    await send_mails(notifications)
    assert await states(notifications, "rating.asked") == [("void", "rated")]


async def test_a_rating_that_is_published_again_notifies_nobody_and_is_still_known(
    notifications: Notifications, pair: Pair
) -> None:
    await pair.confirmed()
    await pair.ended()
    counted = "select (select count(*) from notifications) + (select count(*) from mails)"
    before = (await notifications.sql(counted))[0][0]
    common: dict[str, Any] = {
        "booking_id": pair.booking_id,
        "consultant_id": pair.consultant.id,
        "seeker_id": pair.seeker.id,
        "republished": True,
    }
    rated = e.SessionRated(**common, seeker_first_name="Ada", score=5, comment=None, rated_at=now())
    await notifications.deliver(rated)
    await notifications.deliver(e.RatingReplied(**common, body="Thanks.", replied_at=now()))
    assert (await notifications.sql(counted))[0][0] == before
    await make_due(notifications, "rating.asked")
    await send_mails(notifications)
    assert await states(notifications, "rating.asked") == [("void", "rated")]
