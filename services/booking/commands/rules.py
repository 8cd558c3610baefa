"""Weekly rules: what a consultant says once, and the slots that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.booking.domain.policy import MOST_FREE_SLOTS
from services.booking.domain.rules import Interval, Rules, slots_between, without_overlaps
from services.booking.errors import NoRules, TooManySlots
from services.booking.store import rules as store
from services.booking.store.slots import note_free_time
from services.booking.store.users import ensure_party, lock_user
from shared.auth import User
from shared.clock import now
from shared.db import in_transaction


async def put_rules(db: AsyncConnection, *, by: User, rules: Rules) -> None:
    """A consultant's rules from now on. Free slots made from the former ones go, but for those that
    the new ones make too; booked slots and slots made by hand stay. Raises TooManySlots.
    """
    await ensure_party(in_transaction(db), by)
    # as offering slots by hand does: one change of a consultant's time after the other
    await lock_user(db, by.id)
    await store.save_rules(db, by.id, rules)
    await _lay_slots(db, by.id, rules, refuse=True)


async def remove_rules(db: AsyncConnection, *, by: User) -> None:
    """A consultant has no rules any more; the free slots made from them go. Raises NoRules."""
    await lock_user(db, by.id)
    if not await store.remove_rules(db, by.id):
        raise NoRules
    ahead = await store.slots_ahead(db, by.id, now())
    free = [slot.id for slot in ahead if slot.from_rules and not slot.is_booked]
    await store.replace_slots(db, by.id, free, [])
    await note_free_time(db, by.id)


async def extend_slots(db: AsyncConnection, consultant_id: UUID) -> None:
    """The clock: the horizon has moved on by a day."""
    await lock_user(db, consultant_id)
    rules = await store.get_rules(db, consultant_id)
    if rules is not None:
        await store.save_rules(db, consultant_id, rules)
        await _lay_slots(db, consultant_id, rules)


async def _lay_slots(
    db: AsyncConnection, consultant_id: UUID, rules: Rules, *, refuse: bool = False
) -> None:
    """Makes the free slots of rules what they say now. A slot that was there stays the same. Of
    more than there can be the first are made, unless they are to be refused with TooManySlots.
    """
    at = now()
    ahead = await store.slots_ahead(db, consultant_id, at)
    times = _wanted_slots(rules, ahead, at)
    room = MOST_FREE_SLOTS - sum(_is_free_by_hand(slot, at) for slot in ahead)
    if refuse and len(times) > room:
        raise TooManySlots(
            f"There can be at most {MOST_FREE_SLOTS:,} future free slots; with these rules there"
            f" would be {MOST_FREE_SLOTS - room + len(times):,}."
        )
    wanted = set(times[: max(0, room)])
    removed = []
    for slot in ahead:
        if slot.from_rules and not slot.is_booked and slot.start_time > at:
            interval = (slot.start_time, slot.end_time)
            if interval in wanted:
                wanted.remove(interval)
            else:
                removed.append(slot.id)
    if removed or wanted:
        await store.replace_slots(db, consultant_id, removed, sorted(wanted))
        await note_free_time(db, consultant_id)


def _wanted_slots(rules: Rules, ahead: Sequence[store.SlotAhead], at: datetime) -> list[Interval]:
    """What the rules make beside what is there: booked slots and those made by hand win. Slots
    within the pause around a booking are made too, and only not offered while it is live.
    """
    slots = [slot for slot in slots_between(rules, at, at + rules.horizon) if slot[0] > at]
    booked = _times(slot for slot in ahead if slot.is_booked)
    by_hand = _times(slot for slot in ahead if not (slot.is_booked or slot.from_rules))
    slots = without_overlaps(slots, booked, timedelta())
    return without_overlaps(slots, by_hand, timedelta())


def _is_free_by_hand(slot: store.SlotAhead, at: datetime) -> bool:
    return not (slot.is_booked or slot.from_rules) and slot.start_time > at


def _times(slots: Iterable[store.SlotAhead]) -> list[Interval]:
    return [(slot.start_time, slot.end_time) for slot in slots]
