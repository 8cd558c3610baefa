"""Decides whether a claimed mail is still to be sent, at the last moment and based on
current data.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from services.notifications.commands.messages import unread
from services.notifications.domain.kind import Due, Kind
from services.notifications.domain.kinds import MAILED
from services.notifications.domain.model import Facts, Mail, Person
from services.notifications.mail.composition import Addressee
from services.notifications.store import mails
from services.notifications.store.situations import Situation, situation_of
from shared.clock import now
from shared.db import Executor
from shared.telemetry import log
from shared.text import is_email, mailbox_of

# Mails about something this recent are sent in order, whatever has happened since.
PROMPT = timedelta(minutes=2)
# The pause while the reader is not known yet: as long as the mail has waited, within these limits.
# Usually their registration is only a moment behind.
READER_UNKNOWN_PAUSES = (timedelta(milliseconds=100), timedelta(minutes=1))
# The maximum number of optional mails per reader and hour; the rest is sent later.
MAX_PER_HOUR = 40
LATER = timedelta(minutes=10)
MALFORMED = "malformed address"


class Outgoing(msgspec.Struct):
    """A mail to be sent."""

    kind: Kind
    facts: Facts
    to: Addressee
    other: Person | None


Decision = Outgoing | mails.Ended | mails.Deferred


async def decide(run: Executor, mail: Mail) -> Decision:
    """Decides about a claimed mail, from its reader, their preferences, and whether its subject is
    over.
    """
    if mail.give_up_at <= now():
        return mails.Ended("expired", mail.last_error)
    facts = msgspec.json.decode(mail.context, type=Facts, strict=False)
    found = await situation_of(run, mail, facts.other_id, now() - timedelta(hours=1))
    address = mail.address or (found.email if found is not None else None)
    if found is None or address is None:
        shortest, longest = READER_UNKNOWN_PAUSES
        return _later(mail, min(max(now() - mail.created_at, shortest), longest))
    kind = MAILED[mail.kind]
    reason = _void(mail, kind, facts, found)
    if reason is not None:
        return mails.Ended("void", reason)
    if kind.category is not None and found.sent_lately >= MAX_PER_HOUR:
        return _later(mail, LATER)
    if not is_email(address):
        log.error("mail cannot be sent", mail_id=str(mail.id), reason=MALFORMED)
        return mails.Ended("failed", MALFORMED)
    to = Addressee(mail.user_id, mailbox_of(address), found.reader, found.unsubscribe_key)
    return Outgoing(kind, facts, to, found.other)


def _later(mail: Mail, pause: timedelta) -> mails.Deferred:
    # Not counted as an attempt: the server was not contacted.
    return mails.Deferred(now() + pause, mail.attempts - 1, mail.last_error)


def _void(mail: Mail, kind: Kind, facts: Facts, found: Situation) -> str | None:
    """The reason not to send the mail any more, or None."""
    if not found.is_active and not kind.money:
        return "account closed"
    if kind.category is not None and not found.preferences[kind.category]:
        return "switched off"
    if kind.due is Due.UNREAD:
        facts.messages = unread(facts.messages, found.read_up_to)
        if not facts.messages:
            return "read"
    instant = over_at(kind, facts)
    if instant is not None and instant <= now():
        return f"{kind.void.after} has passed"
    if found.booking_status is None:
        return None
    if kind.due is Due.AT_ONCE and mail.created_at > now() - PROMPT:
        return None
    return _over(kind, facts, found)


def _over(kind: Kind, facts: Facts, found: Situation) -> str | None:
    if found.booking_status in kind.void.statuses:
        return f"booking {found.booking_status}"
    if kind.void.rated and found.is_rated:
        return "rated"
    if kind.void.owes_nothing and found.owes_nothing:
        return "nothing owed"
    if kind.due is Due.REMINDERS and found.scheduled_start != facts.start:
        return "moved"
    return None


def over_at(kind: Kind, facts: Facts) -> datetime | None:
    """The instant in the mail's own facts after which its subject is over."""
    after = kind.void.after
    if after in ("start", "end"):
        return facts.start if after == "start" else facts.end
    if after is None:
        return None
    event: Any = msgspec.convert(facts.event, kind.event, strict=False)
    instant: datetime | None = event.payment_deadline if after == "deadline" else event.expires_at
    return instant
