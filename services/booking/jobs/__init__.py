"""Scheduled jobs: sweeps over deadlines, publishing of free time, reading of calendars, gauges."""

from __future__ import annotations

from services.booking.busy_calendars.encryption import AddressCipher
from services.booking.busy_calendars.reader import CalendarReader
from services.booking.jobs.busy_calendars import busy_calendars_job
from services.booking.jobs.free_time import free_time_job
from services.booking.jobs.gauges import gauge_collectors
from services.booking.jobs.rules import rules_job
from services.booking.jobs.sweeps import sweep_jobs
from services.booking.jobs.waitlist import waitlist_job
from services.booking.settings import BookingSettings
from shared.db import Database
from shared.jobs import Job
from shared.signals import WakeSignal

__all__ = ["gauge_collectors", "scheduled_jobs"]


def scheduled_jobs(
    settings: BookingSettings,
    database: Database,
    cipher: AddressCipher,
    *,
    free_time: WakeSignal[[]],
    read_calendars: WakeSignal[[]],
) -> list[Job]:
    """They run in every replica. `free_time` is called whenever a slot was booked or is free again,
    by jobs too; `read_calendars` when a calendar is to be read at once.
    """
    reader = CalendarReader(allow_private=bool(settings.calendar_allow_private))
    return [
        free_time_job(database, free_time),
        busy_calendars_job(database, reader, cipher, free_time, read_calendars),
        rules_job(database, settings.shortest_slot),
        waitlist_job(settings, database),
        *sweep_jobs(settings, database, free_time),
    ]
