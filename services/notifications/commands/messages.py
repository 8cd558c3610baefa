"""Messages between the two parties: delivered live at once, and announced by mail if not read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from services.notifications.commands.announcements import UNREAD_AFTER, facts_for
from services.notifications.domain.kinds import MAILED
from services.notifications.domain.model import Reader
from services.notifications.domain.parties import Parties
from services.notifications.store import announcements, mails, message_reads
from services.notifications.store.announcements import Announcement
from shared.clock import now
from shared.db import Transaction
from shared.events import MessagePosted, MessagesRead

KIND = MAILED["message.posted"]


async def remind_of_message(db: Transaction, event: MessagePosted, parties: Parties) -> None:
    """Adds the message to the reader's pending mail about unread messages, or plans one, unless the
    message has already been read.

    One mail announces all messages that are unread when the first of them has been so for
    UNREAD_AFTER, the newest ones too, although they have not: two mails would say no more, and the
    mail about the first must not wait for as long as the author keeps writing.
    """
    reader = parties.readers[Reader.RECIPIENT]
    read = await message_reads.get(db, event.booking_id, reader)
    if read is not None and event.message_id <= read:
        return
    message = {"id": str(event.message_id), "excerpt": event.excerpt}
    pending = await mails.pending_for_update(db, KIND, reader, event.booking_id)
    if pending is not None:
        context = dict(pending.context)
        context["messages"] = [*context["messages"], message]
        await mails.replace_context(db, pending.id, context)
        return
    facts = facts_for(event, parties, reader)
    facts.messages = [message]
    mail = mails.new_mail(
        KIND,
        reader,
        fact=str(event.message_id),
        context=msgspec.to_builtins(facts),
        due_at=event.posted_at + UNREAD_AFTER,
        booking_id=event.booking_id,
    )
    await announcements.save(db, [Announcement(mails=[mail])])


async def note_read(db: Transaction, event: MessagesRead) -> None:
    """Cancels mails about messages that have been read."""
    await message_reads.save(db, event.booking_id, event.reader_id, event.up_to)
    pending = await mails.pending_for_update(db, KIND, event.reader_id, event.booking_id)
    if pending is None:
        return
    context = dict(pending.context)
    context["messages"] = unread(context["messages"], event.up_to)
    if context["messages"]:
        await mails.replace_context(db, pending.id, context)
    else:
        await mails.void(db, pending.id, "read", now())


def unread(messages: list[dict[str, Any]], up_to: UUID | None) -> list[dict[str, Any]]:
    """The messages after `up_to`; ids increase with time."""
    return [one for one in messages if up_to is None or UUID(one["id"]) > up_to]
