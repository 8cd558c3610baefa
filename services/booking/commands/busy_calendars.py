"""A consultant's other calendars: adding, removing, and recording what was read."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.booking.busy_calendars.addresses import (
    host_of,
    names_private_address,
    normalized_address,
)
from services.booking.busy_calendars.encryption import AddressCipher
from services.booking.domain.busy_calendars import MAX_CALENDARS, BusyCalendar
from services.booking.domain.rules import Interval
from services.booking.errors import TooManyCalendars
from services.booking.store import busy_calendars as store
from services.booking.store.busy_times import note_conflicts, replace_busy_times
from services.booking.store.slots import note_free_time
from services.booking.store.users import lock_caller, lock_user
from shared.auth import User
from shared.clock import now
from shared.db import Transaction
from shared.events import BusyCalendarConflicted, BusyCalendarFailed, BusyCalendarFailureEnded
from shared.ids import new_id
from shared.outbox import emit
from shared.problems import FieldError, NotFound, ValidationFailed
from shared.text import NOT_A_DOMAIN


async def add_calendar(
    db: Transaction,
    *,
    by: User,
    address: str,
    name: str,
    cipher: AddressCipher,
    allow_private: bool,
) -> BusyCalendar:
    """Adds a calendar, which is read at once. Raises ValidationFailed, AccountClosed,
    TooManyCalendars.
    """
    address = _checked(address, allow_private)
    await lock_caller(db, by)
    if await store.count_calendars(db, by.id) >= MAX_CALENDARS:
        raise TooManyCalendars
    calendar = BusyCalendar(new_id(), by.id, name, host_of(address), now())
    await store.insert_calendar(db, calendar, cipher.encrypt(address))
    return calendar


def _checked(address: str, allow_private: bool) -> str:
    try:
        normalized = normalized_address(address)
    except ValueError:
        raise ValidationFailed([FieldError("url", NOT_A_DOMAIN)]) from None
    if not allow_private and names_private_address(normalized):
        raise ValidationFailed([FieldError("url", "must lead to a public server")])
    return normalized


async def remove_calendar(db: Transaction, *, by: User, calendar_id: UUID) -> None:
    """Removes a calendar; slots that it hid are offered again. Raises AccountClosed, NotFound."""
    await lock_caller(db, by)
    calendar = await store.get_calendar_for_update(db, calendar_id)
    if calendar is None or calendar.consultant_id != by.id:
        raise NotFound
    await replace_busy_times(db, calendar_id, by.id, [])
    await store.delete_calendar(db, by.id, calendar_id)
    await note_free_time(db, by.id)
    await _emit_failure_ended(db, calendar)


async def refresh_calendar(db: Transaction, *, by: User, calendar_id: UUID) -> None:
    """Has a calendar read at once. Raises NotFound."""
    if not await store.mark_due(db, by.id, calendar_id, now()):
        raise NotFound


async def record_reading(db: Transaction, calendar_id: UUID, times: Sequence[Interval]) -> None:
    """Records the busy times of a calendar that was read: they hide slots from now on. The
    consultant is warned of bookings that they overlap; nothing is cancelled.
    """
    # Slots are locked one by one in no particular order, as they are when rules are saved or
    # another calendar is read. To avoid deadlocks, a consultant's time is changed by one
    # transaction at a time.
    whose = await store.owner_of(db, calendar_id)
    if whose is None:
        return  # removed meanwhile
    await lock_user(db, whose)
    calendar = await store.get_calendar_for_update(db, calendar_id)
    if calendar is None:
        return
    at = now()
    if await replace_busy_times(db, calendar_id, whose, times):
        await note_free_time(db, whose)
    await store.save_state(
        db,
        calendar_id,
        last_read_at=at,
        last_error=None,
        failing_since=None,
        failure_reported_at=None,
        busy_until=times[-1][1] if times else None,
    )
    conflicts = await note_conflicts(db, calendar_id, whose, at)
    await emit(db, *(_conflicted(calendar, **conflict) for conflict in conflicts))
    await _emit_failure_ended(db, calendar)


async def _emit_failure_ended(db: Transaction, calendar: BusyCalendar) -> None:
    """For a calendar that was read or removed: its owner need not be notified any more."""
    if calendar.failure_reported_at is not None:
        ended = BusyCalendarFailureEnded(
            calendar_id=calendar.id, consultant_id=calendar.consultant_id
        )
        await emit(db, ended)


def _conflicted(calendar: BusyCalendar, **conflict: object) -> BusyCalendarConflicted:
    return BusyCalendarConflicted(
        calendar_id=calendar.id,
        consultant_id=calendar.consultant_id,
        name=calendar.name,
        host=calendar.host,
        **conflict,  # type: ignore[arg-type]
    )


async def record_failure(db: Transaction, calendar_id: UUID, reason: str) -> None:
    """Records that a calendar could not be read. Its last known times remain; after a day its owner
    is notified.
    """
    calendar = await store.get_calendar_for_update(db, calendar_id)
    if calendar is None:
        return  # removed meanwhile
    at = now()
    since = calendar.failing_since or at
    await store.save_state(db, calendar_id, last_error=reason, failing_since=since)
    if calendar.is_to_be_reported(at):
        await store.save_state(db, calendar_id, failure_reported_at=at)
        event = BusyCalendarFailed(
            calendar_id=calendar.id,
            consultant_id=calendar.consultant_id,
            name=calendar.name,
            host=calendar.host,
            since=since,
        )
        await emit(db, event)
