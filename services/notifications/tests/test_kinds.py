"""The table of notifications: every row is tested, and the documentation's table is generated from
it.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.notifications.domain.facts import FACTS
from services.notifications.domain.kinds import BY_EVENT, KINDS, MAILED
from services.notifications.domain.kinds_documentation import table
from services.notifications.domain.model import Channel, Due, Kind, Reader
from services.notifications.mail.texts import TEMPLATE_FOLDER
from services.notifications.reactions import REACTIONS
from services.notifications.tests.conftest import Notifications, Pair, send_mails
from shared import events as e
from shared.clock import now
from shared.ids import new_id
from shared.languages import LANGUAGES, Language
from shared.testing.mail_sandbox import MailSandbox

ROOT = Path(__file__).parents[3]
# Facts that affect the notification, in addition to those of the golden event.
SPECIAL: dict[type[e.Event], dict[str, Any]] = {
    e.PaymentDisputed: {"reason": "opened"},
    e.PayoutSent: {"state": "paid"},
    e.BookingAccepted: {"attempt": 1},
    e.PaymentRefunded: {"amount": 100},
    e.PaymentFailed: {"owed": True},
}


def test_documentation_has_the_table() -> None:
    assert table() in (ROOT / "docs" / "notifications.md").read_text()


def test_every_consumed_event_is_in_the_table_or_only_stored() -> None:
    silent = {
        e.UserRegistered,
        e.UserUpdated,
        e.UserDeactivated,
        e.SessionsRevoked,
        e.BusyCalendarFailureEnded,
    }
    consumed = {e.RENAMED.get(event, event) for event, _ in REACTIONS}
    assert consumed == set(BY_EVENT) | silent


def test_no_reader_is_notified_twice_through_one_channel() -> None:
    for event, kinds in BY_EVENT.items():
        for channel in (Channel.LIVE, Channel.LIST):
            readers = [r for kind in kinds if channel in kind.channels for r in kind.readers]
            assert len(readers) == len(set(readers)), event


def test_facts_are_fields_of_their_events_and_name_no_secret() -> None:
    secret = {"email", "old_email", "new_email", "token", "payment_intent_id", "transfer_id"}
    for event, facts in FACTS.items():
        assert set(facts) <= {field.name for field in msgspec.structs.fields(event)}
        assert not set(facts) & secret
    assert {kind.event for kind in KINDS if Channel.LIVE in kind.channels} - set(FACTS) <= {
        e.PasswordChanged,
        e.EmailChanged,
    }


def test_mails_that_must_be_known_cannot_be_switched_off() -> None:
    always = {kind.name for kind in MAILED.values() if kind.category is None}
    assert always == {
        "account.verification",
        "account.password_reset",
        "account.password_changed",
        "account.email_confirmation",
        "account.email_change_requested",
        "account.email_changed",
        "account.new_device",
        "booking.cancelled",
        "booking.payment_failed",
        "payment.failed",
        "refund.returned",
    }


def made(kind: Kind, pair: Pair) -> e.Event:
    """An event for that row, about the pair."""
    golden = (ROOT / "shared/tests/golden" / f"{kind.event.TYPE}.json").read_bytes()
    event: Any = msgspec.json.decode(golden, type=kind.event)
    later = now() + timedelta(days=2)
    ours = {
        "booking_id": pair.booking_id,
        "seeker_id": pair.seeker.id,
        "consultant_id": pair.consultant.id,
        "user_id": pair.consultant.id,
        "scheduled_start": pair.start,
        "scheduled_end": pair.start + timedelta(hours=1),
        "start_time": pair.start,
        "payment_deadline": later,
        "expires_at": later,
        "respond_by": later,
        "message_id": new_id(),
        "posted_at": now() - timedelta(minutes=6),
        "session_end_time": now() - timedelta(hours=2),
        "author_id": pair.seeker.id,
        "recipient_id": pair.consultant.id,
        "reader_id": pair.consultant.id,
        "proposed_by": "seeker",
        **SPECIAL.get(kind.event, {}),
    }
    names = {field.name for field in msgspec.structs.fields(kind.event)}
    ours = {name: value for name, value in ours.items() if name in names}
    replaced: e.Event = msgspec.structs.replace(event, **ours)
    return replaced


@pytest.mark.parametrize(("amount", "is_news"), [(1, True), (0, False)])
def test_payout_of_nothing_is_no_news(pair: Pair, amount: int, is_news: bool) -> None:
    (kind,) = BY_EVENT[e.PayoutSent]
    assert kind.condition(msgspec.structs.replace(made(kind, pair), amount=amount)) == is_news


ROWS = [kind for kind in KINDS if kind.due is not Due.REMINDERS]


@pytest.mark.parametrize("kind", ROWS, ids=lambda k: f"{k.name} to {'+'.join(k.readers)}")
async def test_every_row_is_announced_as_specified(
    notifications: Notifications, pair: Pair, mail: MailSandbox, kind: Kind
) -> None:
    await pair.requested()
    await notifications.sql("truncate notifications, stream_events, mails")
    event = made(kind, pair)
    event_id = new_id()
    await notifications.deliver(event, event_id)
    await notifications.deliver(event, event_id)  # a delivery may come twice
    people = {
        Reader.SEEKER: pair.seeker,
        Reader.CONSULTANT: pair.consultant,
        Reader.OWNER: pair.consultant,
        Reader.PROPOSER: pair.seeker,
        Reader.OTHER: pair.consultant,
        Reader.AUTHOR: pair.seeker,
        Reader.RECIPIENT: pair.consultant,
    }
    readers = {people[reader].id for reader in kind.readers}
    name = kind.event.TYPE.removesuffix(".v1")
    if Channel.LIVE in kind.channels:
        rows = await notifications.sql("select user_id from stream_events where event = $1", name)
        assert readers <= {row["user_id"] for row in rows}
        assert len(rows) == len({row["user_id"] for row in rows})
    if Channel.LIST in kind.channels:
        rows = await notifications.sql("select * from notifications where type = $1", kind.name)
        assert {row["user_id"] for row in rows} == readers
        assert len(rows) == len(readers)
        for row in rows:
            assert row["title"].strip()
            assert row["body"].strip()
            assert row["link"].startswith("/")
            assert "None" not in row["title"] + row["body"] + row["link"]
    if Channel.MAIL in kind.channels:
        await send_mails(notifications)
        rows = await notifications.sql("select * from mails where kind = $1", kind.name)
        assert {row["user_id"] for row in rows} == readers
        assert {row["state"] for row in rows} == {"sent"}, [row["last_error"] for row in rows]
        ids = {f"<{row['id']}@market.example>" for row in rows}
        sent = [m for m in mail.messages() if m["headers"]["Message-ID"] in ids]
        assert len(sent) == len(rows)
        for one in sent:
            assert "None" not in one["text"]
            assert len([link for link in one["links"] if "unsubscribe" not in link]) == 1
            assert ("List-Unsubscribe" in one["headers"]) == (kind.category is not None)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "kind", [k for k in KINDS if Channel.LIST in k.channels], ids=lambda k: k.name
)
def test_what_the_list_shows_names_no_brand(kind: Kind, language: Language) -> None:
    template = TEMPLATE_FOLDER.joinpath(f"kinds/{language}/{kind.name}.j2").read_text()
    title, _, body = template.partition("{% block body %}")
    assert "{{ brand }}" not in title + body.strip().partition("\n\n")[0]
