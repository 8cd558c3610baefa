"""The waitlist: joining, leaving, and being notified of free slots."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from services.booking.domain.waitlist import WaitlistEntry, wait_time_errors
from services.booking.store import waitlist
from shared.auth import User
from shared.clock import now
from shared.db import Transaction
from shared.events import WaitlistTimeFreed
from shared.ids import new_id
from shared.outbox import emit
from shared.problems import FieldError, NotFound, ValidationFailed

# How long after one seeker the next is notified of a free slot.
TURN = timedelta(minutes=30)


async def join_waitlist(
    db: Transaction, *, by: User, consultant_id: UUID, start: datetime, end: datetime
) -> WaitlistEntry:
    """Adds a seeker to a consultant's waitlist for slots between `start` and `end`; one who is on
    it already keeps their place. Raises ValidationFailed, NotFound.
    """
    at = now()
    errors = list(wait_time_errors(start, end, at))
    if errors:
        raise ValidationFailed([FieldError(field, message) for field, message in errors])
    if not await waitlist.is_consultant(db, consultant_id):
        raise NotFound
    entry = WaitlistEntry(new_id(), by.id, consultant_id, start, end, at)
    return await waitlist.upsert_entry(db, entry)


async def leave_waitlist(db: Transaction, *, by: User, consultant_id: UUID) -> None:
    """Removes a seeker from a consultant's waitlist."""
    await waitlist.remove_entry(db, by.id, consultant_id)


async def notify_of_free_time(db: Transaction, slot_id: UUID, entry_id: UUID) -> bool:
    """Notifies the next seeker in line of a free slot. False if the slot was taken in the meantime,
    or another seeker was notified of it.
    """
    turn = await waitlist.claim_turn(db, slot_id, entry_id, now(), TURN)
    if turn is None:
        return False
    event = WaitlistTimeFreed(
        waitlist_entry_id=entry_id,
        seeker_id=turn.seeker_id,
        consultant_id=turn.consultant_id,
        slot_id=slot_id,
        start_time=turn.start_time,
        end_time=turn.end_time,
    )
    await emit(db, event)
    return True
