"""What handlers declare as parameters, beside `db` and `reader`."""

from __future__ import annotations

from litestar.datastructures import State
from litestar.di import NamedDependency, Provide

from services.booking.settings import BookingSettings
from shared.db import Database
from shared.jobs import Job

Settings = NamedDependency[BookingSettings]
Pool = NamedDependency[Database]
# The job that publishes free time: woken when a slot was taken or is free again.
FreeTime = NamedDependency[Job]


def provide_settings(state: State) -> BookingSettings:
    """`settings`: what the operator has set."""
    settings: BookingSettings = state.settings
    return settings


def provide_pool(state: State) -> Database:
    """`pool`: for the one command that opens its transaction itself."""
    database: Database = state.service.database
    return database


def provide_free_time(state: State) -> Job:
    """`free_time`: the job that publishes free time."""
    job: Job = state.free_time
    return job


DEPENDENCIES = {
    "settings": Provide(provide_settings, sync_to_thread=False),
    "pool": Provide(provide_pool, sync_to_thread=False),
    "free_time": Provide(provide_free_time, sync_to_thread=False),
}
