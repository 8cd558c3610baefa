"""Weekly rules, and the slots generated from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.booking.domain.policy import MAX_FREE_SLOTS
from services.booking.domain.rules import (
    Interval,
    Rules,
    slot_length_errors,
    slots_between,
    without_overlaps,
)
from services.booking.errors import NoRules, TooManySlots
from services.booking.store import rules as store
from services.booking.store import slots
from services.booking.store.free_time import record_hidden
from services.booking.store.rules import SlotAhead
from services.booking.store.slots import note_free_time
from services.booking.store.users import lock_caller, lock_user
from shared.auth import User
from shared.clock import LATEST, now
from shared.db import Transaction
from shared.problems import FieldError, ValidationFailed

# Maximum distance of the slots that a slot may have displaced.
AROUND = timedelta(days=1)


async def put_rules(
    db: Transaction, *, by: User, rules: Rules, shortest: timedelta = timedelta()
) -> None:
    """Sets a consultant's rules. Free slots of the former rules are removed, except those that the
    new ones generate too; booked slots and those created by hand stay. Raises AccountClosed;
    TooManySlots; ValidationFailed for slots below `shortest`, and for a time zone that the database
    does not know.
    """
    errors = [
        FieldError(field, message)
        for field, message in slot_length_errors(rules.slot_length, shortest)
    ]
    if not await store.knows_time_zone(db, rules.time_zone):
        message = (
            "is not known to this marketplace's database yet; choose another one of its region"
        )
        errors.append(FieldError("time_zone", message))
    if errors:
        raise ValidationFailed(errors)
    # as when slots are offered by hand: one change of a consultant's time after the other
    await lock_caller(db, by)
    await record_hidden(db, by.id, now())
    await store.save_rules(db, by.id, rules)
    await _make_slots(db, by.id, rules, refuse=True)
    # Notice, buffer and daily limit change which slots are offered, even if the slots stay.
    await note_free_time(db, by.id)


async def remove_rules(db: Transaction, *, by: User) -> None:
    """Removes a consultant's rules and the free slots generated from them. Raises AccountClosed,
    NoRules.
    """
    await lock_caller(db, by)
    await record_hidden(db, by.id, now())
    if not await store.remove_rules(db, by.id):
        raise NoRules
    ahead = await store.slots_ahead(db, by.id, now())
    free = [slot.id for slot in ahead if slot.from_rules and not slot.is_booked]
    await store.replace_slots(db, by.id, free, [])
    await note_free_time(db, by.id)


async def extend_slots(
    db: Transaction, consultant_id: UUID, shortest: timedelta = timedelta()
) -> None:
    """Generates slots up to the horizon, which moves every day, or after an update of the time zone
    database. Rules whose slots are below `shortest`, which was raised since, generate none.
    """
    await lock_user(db, consultant_id)
    rules = await store.get_rules(db, consultant_id)
    if rules is not None:
        await store.save_rules(db, consultant_id, rules)
        if rules.slot_length >= shortest:
            await _make_slots(db, consultant_id, rules)


async def free_slot(db: Transaction, consultant_id: UUID, slot_id: UUID) -> None:
    """Frees the slot of a booking or proposal, even if it has begun: nobody can request it then,
    but the consultant sees that nobody has it, and can withdraw it. If the consultant's rules have
    changed in the meantime, it is replaced by the slots of the current rules.
    """
    has_rules = await store.has_rules(db, consultant_id)
    if has_rules:
        await lock_user(db, consultant_id)
    freed = await slots.release_slot(db, consultant_id, slot_id)
    # Rules saved in the meantime have found the slot booked; for them, nobody is locked here.
    if has_rules and freed is not None:
        await make_slots_around(db, consultant_id, freed)


async def make_slots_around(db: Transaction, consultant_id: UUID, freed: Interval) -> None:
    """Generates the slots of rules near an interval that has become free. The consultant must be
    locked if they have rules.
    """
    rules = await store.get_rules(db, consultant_id)
    if rules is not None:
        period = (freed[0] - AROUND, freed[1] + AROUND)
        await _make_slots(db, consultant_id, rules, period)


async def _make_slots(
    db: Transaction,
    consultant_id: UUID,
    rules: Rules,
    period: Interval | None = None,
    *,
    refuse: bool = False,
) -> None:
    """Replaces the free slots of rules, within `period` or all of them, by those of the current
    rules. Slots that exist already are kept. If there are too many, only the first are generated,
    or TooManySlots is raised if `refuse` is set.
    """
    at = now()
    since, until = (max(at, period[0]), period[1]) if period else (at, LATEST)
    ahead = await store.slots_ahead(db, consultant_id, since, until)
    current = {
        (slot.start_time, slot.end_time): slot.id
        for slot in ahead
        if _is_replaceable(slot, at, since, until)
    }
    taken = [slot for slot in ahead if slot.id not in current.values()]
    withdrawn = await store.withdrawn_times_of(db, consultant_id, since, until)
    horizon = min(until, at + rules.horizon)
    times = _wanted_slots(slots_between(rules, since, horizon), taken, withdrawn, at)
    room = await _room(db, consultant_id, len(current))
    if refuse and len(times) > room:
        raise TooManySlots(
            f"There can be at most {MAX_FREE_SLOTS:,} future free slots; with these rules there"
            f" would be {MAX_FREE_SLOTS - room + len(times):,}."
        )
    wanted = set(times[: max(0, room)])
    removed = [slot_id for times_, slot_id in current.items() if times_ not in wanted]
    made = sorted(wanted - current.keys())
    if removed or made:
        await store.replace_slots(db, consultant_id, removed, made)
        await note_free_time(db, consultant_id)


def _is_replaceable(slot: SlotAhead, at: datetime, since: datetime, until: datetime) -> bool:
    if slot.is_booked or not slot.from_rules or slot.start_time <= at:
        return False
    return since <= slot.start_time and slot.end_time <= until


async def _room(db: Transaction, consultant_id: UUID, replaced: int) -> int:
    """How many free slots can be added to those that stay."""
    return MAX_FREE_SLOTS - await slots.count_free_slots(db, consultant_id) + replaced


def _wanted_slots(
    given: Iterable[Interval],
    taken: Iterable[SlotAhead],
    withdrawn: Sequence[Interval],
    at: datetime,
) -> list[Interval]:
    """The slots of the rules that fit: booked slots and those created by hand take precedence, and
    withdrawn times stay withdrawn. Slots within the buffer around a booking are generated too, but
    not offered while it is live.
    """
    ahead = [slot for slot in given if slot[0] > at]
    occupied = [(slot.start_time, slot.end_time) for slot in taken]
    ahead = without_overlaps(ahead, occupied, timedelta())
    return without_overlaps(ahead, withdrawn, timedelta())
