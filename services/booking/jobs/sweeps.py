"""Commands that the clock gives: every status that waits for somebody has a deadline, and here is
who acts on it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.booking.commands.payments import lapse_booking
from services.booking.commands.requests import expire_booking
from services.booking.commands.sessions import end_forgotten_session, miss_session
from services.booking.domain.model import Booking, Status
from services.booking.settings import BookingSettings
from services.booking.store.bookings import BOOKINGS, booking_from
from services.booking.tables import bookings
from shared.clock import now
from shared.db import Database, Query, after_commit
from shared.inbox import database_is_away
from shared.jobs import Job
from shared.metrics import SWEPT
from shared.telemetry import log

BATCH = 100
Act = Callable[[AsyncConnection, Booking], Awaitable[None]]


class Sweep:
    """Does `act` to every booking in `status` whose `deadline` passed at least `after` ago, each in
    a transaction of its own.
    """

    def __init__(
        self, status: Status, deadline: ColumnElement[Any], act: Act, after: timedelta = timedelta()
    ) -> None:
        self.status, self.deadline, self.after = status, deadline, after
        # The status is spelt out: a prepared statement with a parameter there could not use an
        # index over one status only.
        due = (bookings.c.status == literal_column(f"'{status}'")) & (
            deadline <= bindparam("before")
        )
        self._due = Query(select(bookings.c.id).where(due).order_by(deadline).limit(BATCH))
        self._claim = BOOKINGS.where(bookings.c.id == bindparam("booking_id"), due).with_for_update(
            of=bookings, skip_locked=True
        )
        self._act = act

    async def run(self, database: Database, wake: Callable[[], None]) -> bool:
        """One batch; whether there may be more. One that cannot be moved is logged and does not
        hold up the others.
        """
        before = now() - self.after
        due = await database.reader.rows(self._due, before=before)
        moved = 0
        for row in due:
            try:
                moved += await self._one(
                    database, {"booking_id": row["id"], "before": before}, wake
                )
            except Exception as error:
                if database_is_away(error):
                    raise
                log.error("booking cannot be moved", booking_id=row["id"], exc_info=error)
        return len(due) == BATCH and moved > 0

    async def _one(
        self, database: Database, which: dict[str, Any], wake: Callable[[], None]
    ) -> bool:
        async with database.transaction() as db:
            row = (await db.execute(self._claim, which)).mappings().one_or_none()
            if row is None:
                return False  # somebody else has moved it meanwhile, or is about to
            await self._act(db, booking_from(row))
            after_commit(db, wake)
        SWEPT.labels(str(self.status)).inc()
        return True


def sweeps(settings: BookingSettings) -> dict[str, Sweep]:
    """By name: for each state that waits, its deadline and what happens then."""
    overtime = timedelta(seconds=settings.auto_end_after_seconds)
    end = partial(end_forgotten_session, overtime=overtime)
    of = bookings.c
    return {
        "expire-requests": Sweep(Status.REQUESTED, of.respond_by, expire_booking),
        "lapse-unauthorised": Sweep(Status.ACCEPTED, of.scheduled_start, lapse_booking),
        "lapse-unpaid": Sweep(Status.PAYMENT_FAILED, of.payment_deadline, lapse_booking),
        "miss-sessions": Sweep(Status.CONFIRMED, of.scheduled_end, miss_session, after=overtime),
        "end-sessions": Sweep(Status.IN_PROGRESS, of.scheduled_end, end, after=overtime),
    }


def sweep_jobs(
    settings: BookingSettings, database: Callable[[], Database], free_time: Job
) -> list[Job]:
    """One job per sweep; `free_time` is woken when they have freed a slot."""

    def job(name: str, sweep: Sweep) -> Job:
        return Job(
            name, lambda: sweep.run(database(), free_time.wake), every=settings.sweep_every_seconds
        )

    return [job(name, sweep) for name, sweep in sweeps(settings).items()]
