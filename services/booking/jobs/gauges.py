"""Collects the gauges of bookings by status: their number, the age of the oldest, and how late its
sweep is.
"""

from __future__ import annotations

from services.booking.jobs.sweeps import deadline_sweeps
from services.booking.metrics import BOOKINGS, OLDEST, OVERDUE
from services.booking.settings import BookingSettings
from services.booking.store.deadlines import waiting_bookings
from shared.db import Database
from shared.gauges import GaugeCollector, seconds_since


def gauge_collectors(settings: BookingSettings) -> list[GaugeCollector]:
    """The collector for all statuses with a sweep; each is counted through the sweep's partial
    index.
    """
    watched = list(deadline_sweeps(settings).values())
    grace = {str(sweep.deadline.status): sweep.after for sweep in watched}
    waiting = waiting_bookings([sweep.deadline for sweep in watched])

    async def collect(database: Database) -> None:
        for row in await database.reader.rows(waiting):
            status, deadline = row["status"], row["deadline"]
            BOOKINGS.labels(status).set(row["number"])
            OLDEST.labels(status).set(seconds_since(row["since"]))
            OVERDUE.labels(status).set(seconds_since(deadline and deadline + grace[status]))

    return [collect]
