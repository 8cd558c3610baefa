"""Mails: readable, threaded, safe; sent once, again when refused for now, never when it is over."""

from __future__ import annotations

import asyncio
import email
from datetime import timedelta
from email import policy
from typing import Any

import icalendar
import pytest

from services.notifications.commands.reminders import plan_reminders
from services.notifications.sending.decision import decide
from services.notifications.sending.sender import LEASE
from services.notifications.store import mails
from services.notifications.tests.conftest import MailSandbox, Notifications, Pair, send_mails
from shared import events as e
from shared.auth import User
from shared.clock import now
from shared.ids import new_id
from shared.testing import metric

DAY_BEFORE, QUARTER_BEFORE = 86_400, 900


async def states(notifications: Notifications, kind: str) -> list[tuple[Any, ...]]:
    rows = await notifications.sql(
        "select state, last_error from mails where kind = $1 order by id", kind
    )
    return [tuple(row) for row in rows]


async def make_due(notifications: Notifications, kind: str) -> None:
    await notifications.sql("update mails set due_at = now() where kind = $1", kind)


# ---- what is in them


async def test_confirmation_has_everything_a_reader_needs(
    notifications: Notifications, mail: MailSandbox
) -> None:
    pair = await Pair(notifications).register(seeker="Asia/Kathmandu", consultant="Europe/Berlin")
    await pair.confirmed()
    await send_mails(notifications)
    (sent,) = [m for m in mail.messages("ada@example.org") if m["subject"].startswith("Confirmed")]
    assert sent["subject"] == "Confirmed: your session with Carl Gauß"
    assert sent["from"] == "Consultant Connect <hello@market.example>"
    assert "(Asia/Kathmandu)" in sent["text"]
    assert "(Asia/Kathmandu)" in sent["html"]
    assert f"https://market.example/booking/{pair.booking_id}" in sent["links"]
    assert "@media" in sent["html"]
    assert 'style="' in sent["html"]
    (entry,) = sent["attachments"]
    assert (entry["filename"], entry["content_type"]) == ("session.ics", "text/calendar")
    calendar = icalendar.Calendar.from_ical(entry["content"])
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "REQUEST"
    assert event["UID"] == f"{pair.booking_id}@consultant-connect"
    assert event["SEQUENCE"] == 3
    assert event.start == pair.start
    assert event["STATUS"] == "CONFIRMED"
    (other,) = [m for m in mail.messages("carl@example.org") if m["subject"].startswith("Confi")]
    assert "(Europe/Berlin)" in other["text"]


async def test_mails_of_one_booking_are_one_thread(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.confirmed()
    await pair.cancelled(by="consultant", reason="ill")
    await send_mails(notifications)
    headers = [m["headers"] for m in mail.messages("ada@example.org")]
    assert len({h["References"] for h in headers}) == 1
    assert str(pair.booking_id) in headers[0]["References"]
    assert len({h["Message-ID"] for h in headers}) == len(headers)
    cancelled = mail.messages("ada@example.org")[-1]
    calendar = icalendar.Calendar.from_ical(cancelled["attachments"][0]["content"])
    assert calendar["METHOD"] == "CANCEL"
    (event,) = calendar.walk("VEVENT")
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 4)
    assert "ill" in cancelled["text"]
    assert "List-Unsubscribe" not in cancelled["headers"]


async def test_a_request_that_moves_has_no_calendar_entry_yet(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.requested()
    for status, entries in (("requested", 0), ("confirmed", 1)):
        old, pair.start = pair.start, pair.start + timedelta(days=1)
        await pair.happens(
            e.BookingRescheduled,
            status=status,
            rescheduled_by="seeker",
            previous_slot_id=new_id(),
            previous_start=old,
            previous_end=old + timedelta(hours=1),
        )
        await send_mails(notifications)
        moved = [m for m in mail.messages("ada@example.org") if m["subject"].startswith("Moved")]
        assert len(moved[-1]["attachments"]) == entries


@pytest.mark.parametrize(
    "name",
    [
        "{{ 7 * 7 }}",
        "{% raw %}",
        "<script>alert(1)</script>",
        "Eve\r\nBcc: victim@example.org",
        "Eve\nX-Injected: 1",
        "x" * 10_000,
        "Ｅve \u202e txt",
    ],
)
async def test_a_name_is_never_more_than_a_name(
    notifications: Notifications, mail: MailSandbox, name: str
) -> None:
    pair = Pair(notifications)
    await notifications.deliver(pair.registered(pair.consultant))
    await notifications.deliver(pair.registered(User(pair.seeker.id, "seeker", name, "B")))
    await pair.requested(message="Line\r\nATTENDEE:x\n\n{{ 1 }}<b>")
    await pair.happens(e.BookingAccepted, commission_amount=900)
    await pair.happens(e.BookingConfirmed)
    await send_mails(notifications)
    for sent in mail.messages("carl@example.org"):
        assert sent["to"] == "carl@example.org"
        assert "Bcc" not in sent["headers"]
        assert "X-Injected" not in sent["headers"]
        assert len(sent["subject"]) <= 150
        assert "49" not in sent["subject"]
        assert "<script>" not in sent["html"]
        assert "<b>" not in sent["html"]
        for entry in sent["attachments"]:
            (event,) = icalendar.Calendar.from_ical(entry["content"]).walk("VEVENT")
            assert event["ATTENDEE"] == "mailto:carl@example.org"


async def test_links_of_accounts_lead_to_the_web_app(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await notifications.deliver(
        e.EmailVerificationRequested(
            user_id=pair.seeker.id, email="new@example.org", token="t0k", welcome=True
        )
    )
    await notifications.deliver(
        e.PasswordResetRequested(user_id=pair.seeker.id, email="ada@example.org", token="r3s")
    )
    await notifications.deliver(
        e.EmailChangeRequested(
            user_id=pair.seeker.id,
            old_email="ada@example.org",
            new_email="next@example.org",
            token="n3w",
        )
    )
    await send_mails(notifications)
    assert mail.messages("new@example.org")[0]["links"] == [
        "https://market.example/verify-email#token=t0k"
    ]
    assert mail.messages("next@example.org")[0]["links"] == [
        "https://market.example/verify-email#token=n3w"
    ]
    reset, told = mail.messages("ada@example.org")
    assert reset["links"] == ["https://market.example/reset-password#token=r3s"]
    assert "n3w" not in str(told)
    rows = await notifications.sql("select context::text, address from mails")
    assert not any("t0k" in row["context"] or row["address"] for row in rows)


async def test_a_link_that_is_no_longer_valid_is_not_sent(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await notifications.deliver(
        e.PasswordResetRequested(user_id=pair.seeker.id, email="ada@example.org", token="r3s")
    )
    await notifications.sql("update mails set give_up_at = now() - interval '1 second'")
    await send_mails(notifications)
    assert mail.messages() == []
    assert await states(notifications, "account.password_reset") == [("expired", None)]


# ---- once, again, never


async def test_two_senders_send_each_mail_once(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.confirmed()
    await pair.cancelled()
    await asyncio.gather(*(send_mails(notifications) for _ in range(4)))
    ids = [m["headers"]["Message-ID"] for m in mail.messages()]
    rows = await notifications.sql("select count(*) from mails where state = 'sent'")
    assert len(ids) == len(set(ids)) == rows[0]["count"]


@pytest.mark.parametrize("mode", ["421", "drop_after_data"])
async def test_refused_for_now_is_sent_again(
    notifications: Notifications, pair: Pair, mail: MailSandbox, mode: str
) -> None:
    await pair.requested()
    mail.fail_next(mode)
    await send_mails(notifications)
    ((state, due, leased),) = await notifications.sql(
        "select state, due_at, leased_until from mails"
    )
    assert (state, leased) == ("due", None)
    assert due > now()
    await make_due(notifications, "booking.requested")
    await send_mails(notifications)
    assert [state for state, _ in await states(notifications, "booking.requested")] == ["sent"]
    ids = {m["headers"]["Message-ID"] for m in mail.messages()}
    assert len(ids) == 1


async def test_refused_for_two_days_expires(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.requested()
    mail.fail_next("421", 1)
    await send_mails(notifications)
    await notifications.sql(
        "update mails set due_at = now(), give_up_at = created_at + interval '0 seconds'"
    )
    await send_mails(notifications)
    ((state, reason),) = await states(notifications, "booking.requested")
    assert (state, reason) == ("expired", "SMTPDataError 421")
    assert mail.messages() == []


async def test_refused_for_good_is_marked_and_counted(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    before = metric("mails_total", kind="booking.requested", outcome="failed")
    await pair.requested()
    mail.fail_next("550")
    await send_mails(notifications)
    assert await states(notifications, "booking.requested") == [("failed", "SMTPDataError 550")]
    assert metric("mails_total", kind="booking.requested", outcome="failed") == before + 1
    await make_due(notifications, "booking.requested")
    await send_mails(notifications)
    assert mail.messages() == []


async def test_an_address_that_none_can_have_fails_at_once(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await notifications.sql("update users set email = 'a@b@c\r\nBcc: x'")
    await pair.requested()
    await send_mails(notifications)
    ((state, _),) = await states(notifications, "booking.requested")
    assert state == "failed"
    assert mail.messages() == []


async def test_a_server_that_is_away_costs_nothing_but_time(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.requested()
    mail.stop()
    try:
        await send_mails(notifications)
        assert [s for s, _ in await states(notifications, "booking.requested")] == ["due"]
    finally:
        mail.start()
    await make_due(notifications, "booking.requested")
    await send_mails(notifications)
    assert len(mail.messages()) == 1


async def test_a_sender_that_died_loses_its_claim(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.requested()
    (claimed,) = await mails.claim(notifications.database.autocommit, 10, LEASE)
    await send_mails(notifications)
    assert mail.messages() == []
    await notifications.sql("update mails set leased_until = now() - interval '1 second'")
    await send_mails(notifications)
    assert len(mail.messages()) == 1
    settled = await mails.settle(notifications.database.autocommit, claimed, mails.Ended("failed"))
    assert not settled


async def test_mail_waits_for_the_address_of_its_reader(
    notifications: Notifications, mail: MailSandbox
) -> None:
    pair = Pair(notifications)
    await pair.requested()
    await send_mails(notifications)
    assert mail.messages() == []
    await pair.register()
    await make_due(notifications, "booking.requested")
    await send_mails(notifications)
    assert len(mail.messages("carl@example.org")) == 1


async def test_a_reader_is_not_flooded(
    notifications: Notifications, pair: Pair, mail: MailSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.notifications.sending.decision.MOST_PER_HOUR", 2)
    for _ in range(4):
        pair.booking_id = new_id()
        await pair.requested()
    await send_mails(notifications)
    assert len(mail.messages("carl@example.org")) == 2
    await pair.cancelled()
    await send_mails(notifications)
    assert len(mail.messages("carl@example.org")) == 3  # what must be known comes all the same


# ---- what is over


async def test_a_request_that_was_declined_is_not_told_late(
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


async def test_what_is_told_at_once_is_told_in_its_order_whatever_follows(
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


async def test_cancelled_while_its_reminder_is_claimed(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.confirmed()
    await plan_reminders(notifications.database, (DAY_BEFORE,))
    await send_mails(notifications)
    await make_due(notifications, "reminder")
    claimed = await mails.claim(notifications.database.autocommit, 10, LEASE)
    await pair.cancelled()
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


# ---- reminders


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
    assert f"{pair.start.astimezone().day} " in reminder["text"]


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


# ---- messages and ratings


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


async def test_source_is_well_formed(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.requested()
    await send_mails(notifications)
    (sent,) = mail.messages()
    source = mail.http.get(f"/_mail/{sent['id']}/source").content
    parsed = email.message_from_bytes(source, policy=policy.strict)
    assert [part.get_content_type() for part in parsed.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert max(map(len, source.split(b"\r\n"))) <= 998
