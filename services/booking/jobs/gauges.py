"""Gauges of bookings by status: their number, the age of the oldest, and how late its sweep is."""

from __future__ import annotations

from collections.abc import Iterable

from services.booking.jobs.sweeps import DeadlineSweep
from services.booking.store.deadlines import waiting_bookings
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
    watched = list(sweeps)
    grace = {str(sweep.deadline.status): sweep.after for sweep in watched}
    waiting = waiting_bookings([sweep.deadline for sweep in watched])

    async def collect(database: Database) -> None:
        for row in await database.reader.rows(waiting):
            status, deadline = row["status"], row["deadline"]
            BOOKINGS.labels(status).set(row["number"])
            OLDEST.labels(status).set(seconds_since(row["since"]))
            OVERDUE.labels(status).set(seconds_since(deadline and deadline + grace[status]))

    return collect
