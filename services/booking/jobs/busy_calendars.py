"""Reads consultants' other calendars, every 15 minutes and on request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from services.booking.busy_calendars.encryption import AddressCipher
from services.booking.busy_calendars.errors import UnreadableCalendar
from services.booking.busy_calendars.reader import CalendarReader
from services.booking.commands.busy_calendars import record_failure, record_reading
from services.booking.domain.busy_calendars import READ_AHEAD, READ_EVERY
from services.booking.store.busy_calendars import DueCalendar, claim_due
from shared.clock import now
from shared.db import Database
from shared.jobs import Job
from shared.signals import WakeSignal
from shared.telemetry import log

LOOK_EVERY_SECONDS = 10.0
# Number of concurrent downloads.
BATCH = 8


async def read_calendars(
    database: Database, reader: CalendarReader, cipher: AddressCipher, wake: Callable[[], None]
) -> bool:
    """Job: reads one batch of due calendars. Returns whether there may be more."""
    at = now()
    due = await claim_due(database.reader, at, at + READ_EVERY, BATCH)
    await asyncio.gather(*(_read(database, reader, cipher, wake, calendar) for calendar in due))
    return len(due) == BATCH


async def _read(
    database: Database,
    reader: CalendarReader,
    cipher: AddressCipher,
    wake: Callable[[], None],
    calendar: DueCalendar,
) -> None:
    """Reads one calendar and records the result; a failure is its own and not that of the batch."""
    at = now()
    try:
        address = cipher.decrypt(calendar.address_encrypted)
        times = await reader.read(address, calendar.time_zone, at, at + READ_AHEAD)
        record = partial(record_reading, calendar_id=calendar.id, times=times)
    except UnreadableCalendar as problem:
        record = partial(record_failure, calendar_id=calendar.id, reason=problem.reason)
    except Exception as error:
        log.error("a calendar could not be read", calendar_id=str(calendar.id), exc_info=error)
        reason = "The calendar could not be read."
        record = partial(record_failure, calendar_id=calendar.id, reason=reason)
    async with database.transaction() as db:
        await record(db)
        db.after_commit(wake)


def busy_calendars_job(
    database: Database,
    reader: CalendarReader,
    cipher: AddressCipher,
    free_time: WakeSignal[[]],
    woken_by: WakeSignal[[]],
) -> Job:
    """The job that reads calendars; calls `free_time` when one has hidden or freed a slot."""
    return Job(
        "read-calendars",
        lambda: read_calendars(database, reader, cipher, free_time.wake),
        every=LOOK_EVERY_SECONDS,
        woken_by=woken_by,
    )
