"""Content of mails: readable, threaded, safe."""

from __future__ import annotations

import email
from datetime import timedelta
from email import policy

import icalendar
import pytest

from services.notifications.mail.composition import Branding
from services.notifications.tests.conftest import (
    Notifications,
    Pair,
    send_mails,
    states,
)
from shared import events as e
from shared.auth import User
from shared.ids import new_id
from shared.testing.mail_sandbox import MailSandbox


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
    assert "background-color: #0f6b60;color: #ffffff" in sent["html"]
    (entry,) = sent["attachments"]
    assert (entry["filename"], entry["content_type"]) == ("session.ics", "text/calendar")
    calendar = icalendar.Calendar.from_ical(entry["content"])
    (event,) = calendar.walk("VEVENT")
    assert isinstance(event, icalendar.Event)
    assert calendar["METHOD"] == "REQUEST"
    assert event["UID"] == f"{pair.booking_id}@consultant-connect"
    assert event["SEQUENCE"] == 3
    assert event["SUMMARY"] == "Session with Carl Gauß"
    assert event.start == pair.start
    assert event["STATUS"] == "CONFIRMED"
    (other,) = [m for m in mail.messages("carl@example.org") if m["subject"].startswith("Confi")]
    assert "(Europe/Berlin)" in other["text"]


@pytest.mark.parametrize(
    ("address", "mailbox", "attendee"),
    [
        ("Ada@MÜNCHEN.example", "Ada@xn--mnchen-3ya.example", "Ada@xn--mnchen-3ya.example"),
        ("jörg+cal@example.org", "jörg+cal@example.org", "j%C3%B6rg+cal@example.org"),
        (
            "用户@例子.广告",
            "用户@xn--fsqu00a.xn--4rr70v",
            "%E7%94%A8%E6%88%B7@xn--fsqu00a.xn--4rr70v",
        ),
    ],
)
async def test_addresses_of_every_script_get_their_mails(
    notifications: Notifications,
    pair: Pair,
    mail: MailSandbox,
    address: str,
    mailbox: str,
    attendee: str,
) -> None:
    sql = "update users set email = $1 where user_id = $2"
    await notifications.sql(sql, address, pair.seeker.id)
    await pair.confirmed()
    await send_mails(notifications)
    (sent,) = [m for m in mail.messages() if "session with Carl" in m["subject"]]
    assert sent["to"] == mailbox
    assert "Carl Gauß" in sent["text"]
    (event,) = icalendar.Calendar.from_ical(sent["attachments"][0]["content"]).walk("VEVENT")
    assert event["ATTENDEE"] == f"mailto:{attendee}"


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
    received = mail.messages("carl@example.org")
    assert len(received) == 2  # the request, and that it is confirmed
    for sent in received:
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
    reset, notice = mail.messages("ada@example.org")
    assert reset["links"] == ["https://market.example/reset-password#token=r3s"]
    assert "n3w" not in str(notice)
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


@pytest.mark.parametrize(
    ("color", "ink"),
    [
        ("#0f6b60", "#ffffff"),
        ("#ffd400", "#000000"),
        ("#000000", "#ffffff"),
        ("#FFFFFF", "#000000"),
    ],
)
def test_the_buttons_text_is_readable_on_the_brands_colour(color: str, ink: str) -> None:
    assert Branding("Brand", "a@b.example", "https://b.example", color).ink == ink
