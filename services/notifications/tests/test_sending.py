"""Mails are sent once, and retried after a temporary refusal."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import aiosmtplib
import pytest

from services.notifications.domain.kinds import OTHERS, URGENT
from services.notifications.mailer.sender import LEASE, Sender
from services.notifications.mailer.smtp import Connection
from services.notifications.store import mails
from services.notifications.tests.conftest import (
    Notifications,
    Pair,
    make_due,
    send_mails,
    states,
)
from shared import clock
from shared import events as e
from shared.clock import now, shifted
from shared.ids import new_id
from shared.testing import eventually, metric
from shared.testing.mail_sandbox import MailSandbox


async def test_two_senders_send_each_mail_once(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.confirmed()
    await pair.cancelled()
    await asyncio.gather(*(send_mails(notifications) for _ in range(4)))
    ids = [m["headers"]["Message-ID"] for m in mail.messages()]
    rows = await notifications.sql("select count(*) from mails where state = 'sent'")
    assert len(ids) == len(set(ids)) == rows[0]["count"]


async def test_event_wakes_the_jobs_that_send_mails_and_plan_reminders(
    notifications: Notifications, pair: Pair
) -> None:
    jobs = [notifications.job(name) for name in ("mails", "reminders")]
    await pair.requested()
    assert [job._wake.is_set() for job in jobs] == [True, False]
    await pair.confirmed()
    assert [job._wake.is_set() for job in jobs] == [True, True]


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


async def test_address_outside_ascii_fails_for_good_at_a_server_that_takes_none(
    notifications: Notifications, pair: Pair, mail: MailSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    supported = aiosmtplib.SMTP.supports_extension
    monkeypatch.setattr(
        aiosmtplib.SMTP,
        "supports_extension",
        lambda self, name: name != "smtputf8" and supported(self, name),
    )
    await notifications.sql("update users set email = 'jörg@example.org'")
    await pair.requested()
    await send_mails(notifications)
    ((state, reason),) = await states(notifications, "booking.requested")
    assert (state, "SMTPUTF8" in (reason or "")) == ("failed", True)
    assert mail.messages() == []


async def test_a_server_that_is_away_costs_nothing_but_time(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.requested()
    mail.kill()
    try:
        await send_mails(notifications)
        assert [s for s, _ in await states(notifications, "booking.requested")] == ["due"]
    finally:
        mail.start()
    await make_due(notifications, "booking.requested")
    await send_mails(notifications)
    assert len(mail.messages()) == 1


async def test_a_server_that_is_away_for_an_hour_gets_every_mail_once_afterwards(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    bookings = [new_id() for _ in range(5)]
    for pair.booking_id in bookings:
        await pair.requested()
    mail.kill()
    try:
        for minute in range(60):
            with clock.shifted(timedelta(minutes=minute)):
                await send_mails(notifications)
    finally:
        mail.start()
    rows = await notifications.sql("select state, attempts, due_at - now() as wait from mails")
    assert {row["state"] for row in rows} == {"due"}
    assert max(row["attempts"] for row in rows) <= 12  # the pauses grow
    assert mail.messages() == []
    with clock.shifted(max(row["wait"] for row in rows) + timedelta(seconds=1)):
        await send_mails(notifications)
    sent = mail.messages("carl@example.org")
    assert len({one["headers"]["Message-ID"] for one in sent}) == len(sent) == len(bookings)
    assert set(await states(notifications, "booking.requested")) == {("sent", None)}


async def test_mail_that_somebody_waits_for_is_sent_before_all_others(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    for pair.booking_id in (new_id() for _ in range(3)):
        await pair.requested()
    reset = e.PasswordResetRequested(user_id=pair.seeker.id, email="ada@example.org", token="r3s")
    await notifications.deliver(reset)
    run = notifications.database.autocommit
    batches = [[one.kind for one in await mails.claim(run, 2, LEASE)] for _ in range(3)]
    assert batches == [
        ["account.password_reset", "booking.requested"],
        ["booking.requested", "booking.requested"],
        [],
    ]


async def test_kind_of_a_newer_replica_is_left_to_it_and_holds_up_no_other(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    for pair.booking_id in (new_id() for _ in range(3)):
        await pair.requested()
    await notifications.sql(
        "update mails set kind = 'booking.praised' where booking_id <> $1", pair.booking_id
    )
    await send_mails(notifications)
    assert await states(notifications, "booking.requested") == [("sent", None)]
    assert await states(notifications, "booking.praised") == [("due", None)] * 2
    rows = await notifications.sql("select attempts, leased_until from mails where state = 'due'")
    assert {tuple(row) for row in rows} == {(0, None)}


async def test_due_mails_are_found_along_indexes_in_a_long_queue(
    notifications: Notifications,
) -> None:
    await notifications.sql("""
        insert into mails (id, user_id, kind, fact, context, state, due_at, give_up_at, attempts,
            created_at, ended_at)
        select gen_random_uuid(), gen_random_uuid(), 'booking.requested', n::text, '{}',
            case when n % 10 = 0 then 'due' else 'sent' end, now(), now(), 0, now(),
            case when n % 10 > 0 then now() end
        from generate_series(1, 20000) n
    """)
    await notifications.sql("analyze mails")
    plan = await notifications.database.reader.rows(
        f"explain {mails.CLAIM.sql}",
        *mails.CLAIM.arguments(
            {"at": now(), "batch": 20, "lease": now(), "urgent": URGENT, "others": OTHERS}
        ),
    )
    lines = "\n".join(row[0] for row in plan)
    assert "ix_mails_kind_due" in lines
    assert "ix_mails_due" in lines
    assert "Seq Scan on mails" not in lines


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


@pytest.mark.parametrize(
    "context", ['{"start": "of an earlier version"}', "{}"], ids=["decided", "composed"]
)
async def test_mail_that_cannot_be_made_delays_no_other(
    notifications: Notifications, pair: Pair, mail: MailSandbox, context: str
) -> None:
    await pair.requested()
    await pair.cancelled()  # a second mail for the consultant, by the same connection
    sql = "update mails set context = $1::text::jsonb where kind = 'booking.requested'"
    await notifications.sql(sql, context)
    errors = metric("mails_total", kind="booking.requested", outcome="error")
    await send_mails(notifications)
    assert [one["subject"] for one in mail.messages("carl@example.org")] == [
        "Cancelled: the session with Ada Byron"
    ]
    ((state, reason),) = await states(notifications, "booking.requested")
    assert state == "due"
    assert reason in ("ValidationError", "UndefinedError")
    assert metric("mails_total", kind="booking.requested", outcome="error") == errors + 1


async def test_mail_waits_for_the_address_of_its_reader(
    notifications: Notifications, mail: MailSandbox
) -> None:
    pair = Pair(notifications)
    await pair.requested()
    await send_mails(notifications)
    assert mail.messages() == []
    pauses = []
    for waited in (timedelta(seconds=30), timedelta(hours=1)):
        with shifted(waited):
            await make_due(notifications, "booking.requested")
            await send_mails(notifications)
            (row,) = await notifications.sql("select due_at from mails where state = 'due'")
            pauses.append(row["due_at"] - now())
    # As long as it has waited, at most a minute; less the time since.
    assert timedelta(seconds=1) < pauses[0] < pauses[1] <= timedelta(minutes=1)
    await pair.register()
    await make_due(notifications, "booking.requested")
    await send_mails(notifications)
    assert len(mail.messages("carl@example.org")) == 1


async def test_a_reader_is_not_flooded(
    notifications: Notifications, pair: Pair, mail: MailSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.notifications.mailer.decision.MAX_PER_HOUR", 2)
    for _ in range(4):
        pair.booking_id = new_id()
        await pair.requested()
    await send_mails(notifications)
    assert len(mail.messages("carl@example.org")) == 2
    await pair.cancelled()
    await send_mails(notifications)
    assert len(mail.messages("carl@example.org")) == 3  # what must be known comes all the same


async def test_process_that_leaves_ends_with_the_mail_in_its_hands_and_gives_back_the_rest(
    notifications: Notifications, pair: Pair, mail: MailSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pair.requested()
    await pair.cancelled()  # a second mail for the consultant, by the same connection
    monkeypatch.setattr("services.notifications.mailer.sender.PACE_SECONDS", 3600)
    sender = notifications.app.state.sender
    job = asyncio.create_task(sender.work())

    async def one_was_sent() -> bool:
        rows = await notifications.sql("select id from mails where state = 'sent'")
        return bool(rows)

    await eventually(one_was_sent)
    job.cancel()
    await asyncio.gather(job, return_exceptions=True)
    await sender.close()
    waiting = await notifications.sql(
        "select attempts, leased_until from mails where state = 'due'"
    )
    assert waiting
    assert {tuple(row) for row in waiting} == {(0, None)}
    other = Sender(notifications.service.jobs_database, sender._branding, sender._server)
    monkeypatch.setattr("services.notifications.mailer.sender.PACE_SECONDS", 0)
    while await other.work():
        pass
    sent = [one["headers"]["Message-ID"] for one in mail.messages()]
    rows = await notifications.sql("select id from mails where state = 'sent'")
    assert len(sent) == len(set(sent)) == len(rows)
    assert await notifications.sql("select id from mails where state = 'due'") == []


async def test_mail_that_the_server_takes_while_its_process_leaves_is_marked(
    notifications: Notifications, pair: Pair, mail: MailSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pair.requested()
    handed_over, go_on = asyncio.Event(), asyncio.Event()
    send = Connection.send

    async def slow(connection: Connection, *arguments: Any) -> None:
        await send(connection, *arguments)
        handed_over.set()
        await go_on.wait()

    monkeypatch.setattr(Connection, "send", slow)
    sender = notifications.app.state.sender
    job = asyncio.create_task(sender.work())
    await handed_over.wait()
    job.cancel()
    closing = asyncio.create_task(sender.close())
    go_on.set()
    await closing
    assert len(mail.messages()) == 1
    assert await states(notifications, "booking.requested") == [("sent", None)]
