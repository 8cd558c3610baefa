"""Decides whether a claimed mail is still to be sent, at the last moment and based on
current data.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from services.notifications.commands.messages import unread
from services.notifications.domain.kinds import MAILED
from services.notifications.domain.model import PROMPT, Due, Facts, Kind, Mail, Person, Reader
from services.notifications.mail.composition import Addressee
from services.notifications.store import calendar_failures, mails
from services.notifications.store.bookings import is_taken
from services.notifications.store.situations import BookingState, Situation, situation_of
from shared.clock import now
from shared.db import Executor
from shared.projections import is_superseded
from shared.telemetry import log
from shared.text import is_email, mailbox_of

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
    reason = _void(mail, kind, facts, found) or await _void_by_now(run, mail, kind, facts)
    if reason is not None:
        return mails.Ended("void", reason)
    if kind.category is not None and found.sent_lately >= MAX_PER_HOUR:
        return _later(mail, LATER)
    if not is_email(address):
        log.error("mail cannot be sent", mail_id=str(mail.id), reason=MALFORMED)
        return mails.Ended("failed", MALFORMED)
    _update_calendar_entry(facts, found.booking)
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
    for what, instant in _limits(kind, facts):
        if instant is not None and instant <= now():
            return f"{what} has passed"
    if facts.next_reminder_at is not None and facts.next_reminder_at <= now():
        return "next reminder due"
    if found.booking is None or _is_prompt(mail, kind):
        return None
    return _over(kind, facts, found.booking)


def _is_prompt(mail: Mail, kind: Kind) -> bool:
    return kind.due is Due.AT_ONCE and mail.created_at > now() - PROMPT


def _limits(kind: Kind, facts: Facts) -> Iterator[tuple[str, datetime | None]]:
    """The instants in the mail's own facts after which its subject is over, and what they are."""
    after = kind.void.after
    if after in ("start", "end"):
        yield after, facts.start if after == "start" else facts.end
    elif after is not None:
        yield after, _instant(facts, after)
    if kind.void.answered:
        yield "respond_by", _answer_by(facts)


def _answer_by(facts: Facts) -> datetime | None:
    """Until when the mail asks its reader to answer a request; None if it does not."""
    return _instant(facts, "respond_by") if facts.reader == Reader.CONSULTANT else None


def _instant(facts: Facts, field: str) -> datetime | None:
    return msgspec.convert(facts.event.get(field), datetime | None)


def _over(kind: Kind, facts: Facts, booking: BookingState) -> str | None:
    void = kind.void
    is_answered = booking.status != "requested" and _answer_by(facts) is not None
    if booking.status in void.statuses or (void.answered and is_answered):
        return f"booking {booking.status}"
    if void.moved and booking.scheduled_start != facts.start:
        return "moved"
    if void.proposal_closed and is_superseded(facts.sequence, booking.proposal_sequence):
        return "proposal closed"
    if void.rated and booking.is_rated:
        return "rated"
    if void.owes_nothing and booking.owes_nothing:
        return "nothing owed"
    return None


async def _void_by_now(run: Executor, mail: Mail, kind: Kind, facts: Facts) -> str | None:
    """Why the mail is void, by what only few kinds read."""
    if _is_prompt(mail, kind):
        return None
    if kind.void.time_taken and await _is_taken(run, facts):
        return "taken"
    if kind.void.failure_ended:
        calendar_id = UUID(facts.event["calendar_id"])
        if await calendar_failures.is_over(run, calendar_id, facts.sequence):
            return "failure ended"
    return None


async def _is_taken(run: Executor, facts: Facts) -> bool:
    assert facts.start is not None
    assert facts.end is not None
    consultant_id = UUID(facts.event["consultant_id"])
    return await is_taken(run, consultant_id, facts.start, facts.end)


def _update_calendar_entry(facts: Facts, booking: BookingState | None) -> None:
    """A booking can come back to the time that the mail says: confirmed again after its payment
    failed, or moved and moved back. The entry then has the SEQUENCE of now, because calendars
    ignore an older one.
    """
    if booking is None or booking.status != "confirmed":
        return
    if (booking.scheduled_start, booking.scheduled_end) == (facts.start, facts.end):
        facts.calendar_sequence = max(facts.calendar_sequence, booking.calendar_sequence)
