"""Entries of waitlists."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import DateTime, Interval, bindparam, cast, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from services.booking.domain.waitlist import WaitlistEntry, WaitlistTurn
from services.booking.store.offered import is_offered
from services.booking.tables import (
    availability_slots,
    users,
    waitlist_entries,
    waitlist_notifications,
)
from shared.db import Query, Reader, Transaction

_entry = insert(waitlist_entries)
_UPSERT = _entry.on_conflict_do_update(
    constraint="uq_waitlist_entries_seeker_consultant",
    set_={name: _entry.excluded[name] for name in ("from_time", "to_time")},
).returning(waitlist_entries)
_IS_CONSULTANT = select(users.c.id).where(
    users.c.id == bindparam("user_id"), users.c.role == "consultant", users.c.is_active
)
_REMOVE = delete(waitlist_entries).where(
    waitlist_entries.c.seeker_id == bindparam("seeker_id"),
    waitlist_entries.c.consultant_id == bindparam("consultant_id"),
)
_REMOVE_ALL = delete(waitlist_entries).where(waitlist_entries.c.seeker_id == bindparam("seeker_id"))
_REMOVE_PAST = delete(waitlist_entries).where(
    waitlist_entries.c.id.in_(
        select(waitlist_entries.c.id)
        .where(waitlist_entries.c.to_time <= bindparam("at"))
        .limit(bindparam("rows"))
    )
)

# A free slot that matches an entry whose turn it is: the slot has become free since the entry was
# created, its seeker was not notified of it yet, and no other seeker was recently. One that is
# offered again but recorded as hidden becomes free when that is published (store/free_time.py):
# whoever was notified before that would be notified again.
_slot, _waiting = availability_slots.c, waitlist_entries.c
_was_notified = exists().where(
    waitlist_notifications.c.entry_id == _waiting.id,
    waitlist_notifications.c.slot_id == _slot.id,
    waitlist_notifications.c.notified_at >= _slot.updated_at,
)
# Also for entries created with a token that outlived the account.
_has_left = exists().where(users.c.id == _waiting.seeker_id, ~users.c.is_active)
_turn = (
    (_slot.consultant_id == _waiting.consultant_id)
    & (_slot.start_time >= _waiting.from_time)
    & (_slot.end_time <= _waiting.to_time)
    & (_slot.start_time > bindparam("at"))
    & ~_slot.is_booked
    & ~_slot.is_hidden
    & is_offered()
    & (_slot.updated_at > _waiting.created_at)
    & ~_was_notified
    & func.coalesce(
        (_slot.waitlist_told_at < _slot.updated_at)
        | (_slot.waitlist_told_at <= bindparam("at") - cast(bindparam("turn_length"), Interval)),
        True,
    )
    & ~_has_left
)
_first_in_line = (
    select(_slot.id.label("slot_id"), _slot.start_time, _waiting.id.label("entry_id"))
    .select_from(waitlist_entries.join(availability_slots, _turn))
    .order_by(_slot.id, _waiting.id)
    .ext(distinct_on(_slot.id))
    .subquery()
)
_TURNS = Query(
    select(_first_in_line.c.slot_id, _first_in_line.c.entry_id)
    .order_by(_first_in_line.c.start_time, _first_in_line.c.entry_id)
    .limit(bindparam("rows"))
)
_CLAIM = (
    select(_waiting.seeker_id, _waiting.consultant_id, _slot.start_time, _slot.end_time)
    .select_from(waitlist_entries.join(availability_slots, _turn))
    .where(_waiting.id == bindparam("entry_id"), _slot.id == bindparam("slot_id"))
    .with_for_update(of=[waitlist_entries, availability_slots], skip_locked=True)
)
# With the slot, everything else that could be claimed for the entry: the seeker sees that too, and
# one notification is enough to say that there is free time.
_notified = insert(waitlist_notifications).from_select(
    ["entry_id", "slot_id", "notified_at"],
    select(_waiting.id, _slot.id, bindparam("at", type_=DateTime(timezone=True)))
    .select_from(waitlist_entries.join(availability_slots, _turn))
    .where(_waiting.id == bindparam("entry_id")),
)
_NOTIFY = _notified.on_conflict_do_update(
    index_elements=["entry_id", "slot_id"], set_={"notified_at": _notified.excluded.notified_at}
)
_MARK_ENTRY = (
    update(waitlist_entries)
    .where(waitlist_entries.c.id == bindparam("entry_id"))
    .values(told_at=bindparam("at"))
)
_MARK_SLOT = (
    update(availability_slots)
    .where(availability_slots.c.id == bindparam("slot_id"))
    .values(waitlist_told_at=bindparam("at"))
)


async def is_consultant(db: Transaction, user_id: UUID) -> bool:
    """Whether `user_id` is a consultant who can be booked."""
    return (await db.execute(_IS_CONSULTANT, {"user_id": user_id})).one_or_none() is not None


async def upsert_entry(db: Transaction, entry: WaitlistEntry) -> WaitlistEntry:
    """Inserts an entry; a seeker who has one for that consultant keeps their place, with the new
    times.
    """
    row = (await db.execute(_UPSERT, msgspec.structs.asdict(entry))).mappings().one()
    return WaitlistEntry(**row)


async def remove_entry(db: Transaction, seeker_id: UUID, consultant_id: UUID) -> None:
    """Deletes the seeker's entry, if there is one."""
    await db.execute(_REMOVE, {"seeker_id": seeker_id, "consultant_id": consultant_id})


async def remove_entries_of(db: Transaction, seeker_id: UUID) -> None:
    """Deletes all entries of a seeker."""
    await db.execute(_REMOVE_ALL, {"seeker_id": seeker_id})


async def remove_past_entries(db: Transaction, at: datetime, limit: int) -> int:
    """Deletes entries whose time has passed, and returns their number."""
    return (await db.execute(_REMOVE_PAST, {"at": at, "rows": limit})).rowcount


async def turns(
    reader: Reader, at: datetime, turn_length: timedelta, limit: int
) -> list[tuple[UUID, UUID]]:
    """Free slots, each with the entry that is to be notified next."""
    rows = await reader.rows(_TURNS, at=at, turn_length=turn_length, rows=limit)
    return [(row["slot_id"], row["entry_id"]) for row in rows]


async def claim_turn(
    db: Transaction, slot_id: UUID, entry_id: UUID, at: datetime, turn_length: timedelta
) -> WaitlistTurn | None:
    """Marks the entry as notified at `at`, of this slot and of all others that would be its turn.
    None if it is no longer its turn.
    """
    which = {"slot_id": slot_id, "entry_id": entry_id, "at": at, "turn_length": turn_length}
    row = (await db.execute(_CLAIM, which)).one_or_none()
    if row is None:
        return None
    await db.execute(_NOTIFY, which)
    await db.execute(_MARK_ENTRY, {"entry_id": entry_id, "at": at})
    await db.execute(_MARK_SLOT, {"slot_id": slot_id, "at": at})
    return WaitlistTurn(*row)
