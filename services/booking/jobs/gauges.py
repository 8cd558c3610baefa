"""Gauges of bookings by status: their number, the age of the oldest, and how late its sweep is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from services.booking.jobs.sweeps import DeadlineSweep
from shared.db import Database
from shared.gauges import GaugeCollector, seconds_since
from shared.metrics import database_gauge

BOOKINGS = database_gauge("bookings", "Live bookings", ["status"])
OLDEST = database_gauge(
    "bookings_oldest_seconds", "How long the oldest has been in its status", ["status"]
)
OVERDUE = database_gauge(
    "bookings_overdue_seconds",
    "How long the oldest is past its deadline; above SWEEP_EVERY_SECONDS sweeps do not work",
    ["status"],
)


def booking_gauges(sweeps: Iterable[DeadlineSweep]) -> GaugeCollector:
    """The collector for all statuses with a sweep; each is counted through the sweep's partial
    index.
    """
    grace: dict[str, timedelta] = {str(sweep.status): sweep.after for sweep in sweeps}
    statement = " union all ".join(
        _counted(str(sweep.status), str(sweep.deadline.key)) for sweep in sweeps
    )

    async def collect(database: Database) -> None:
        for row in await database.reader.rows(statement):
            status, deadline = row["status"], row["deadline"]
            BOOKINGS.labels(status).set(row["number"])
            OLDEST.labels(status).set(seconds_since(row["since"]))
            OVERDUE.labels(status).set(seconds_since(deadline and deadline + grace[status]))

    return collect


def _counted(status: str, deadline: str) -> str:
    return (
        f"select '{status}' as status, count(*) as number,"  # noqa: S608  # nosec B608 # names of ours
        f" min(updated_at) as since, min({deadline}) as deadline"
        f" from booking.bookings where status = '{status}'"
    )
