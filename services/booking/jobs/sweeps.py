"""Commands at deadlines: every status that waits for a party has a deadline, and a job that acts
when it has passed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, exists, func, literal_column, select

from services.booking.commands.payments import lapse_booking
from services.booking.commands.requests import expire_booking
from services.booking.commands.rescheduling import expire_proposal
from services.booking.commands.sessions import (
    end_forgotten_session,
    miss_absent_party,
    miss_unstarted_session,
)
from services.booking.domain.model import Booking, Status
from services.booking.domain.outcome import ABSENT_AFTER, SessionTimes
from services.booking.settings import BookingSettings
from services.booking.store.bookings import BOOKINGS, booking_from
from services.booking.tables import bookings, presences
from shared.clock import now
from shared.db import Database, Query, Transaction
from shared.jobs import Batches, Job
from shared.metrics import SWEPT

BATCH = 100
Act = Callable[[Transaction, Booking], Awaitable[None]]


class Sweep:
    """Calls `act` with every booking that is `due`, in a transaction of its own, in `order`. The
    bindparam `before` of `due` is the current time less `after`; `label` names the bookings in
    metrics.
    """

    def __init__(
        self,
        label: str,
        due: ColumnElement[bool],
        order: ColumnElement[Any],
        act: Act,
        after: timedelta = timedelta(),
    ) -> None:
        self.label, self.after = label, after
        self._due = Query(select(bookings.c.id).where(due).order_by(order).limit(bindparam("rows")))
        self._claim = BOOKINGS.where(bookings.c.id == bindparam("booking_id"), due).with_for_update(
            of=bookings, skip_locked=True
        )
        self._act = act
        self._batches = Batches[UUID]("booking cannot be moved", BATCH)

    async def run(self, database: Database, wake: Callable[[], None]) -> bool:
        """Processes one batch. Returns whether there may be more. A failure is logged and does not
        affect the other bookings.
        """
        before = now() - self.after

        async def due(limit: int) -> list[UUID]:
            rows = await database.reader.rows(self._due, before=before, rows=limit)
            return [row["id"] for row in rows]

        async def act(booking_id: UUID) -> bool:
            return await self._one(database, {"booking_id": booking_id, "before": before}, wake)

        return (await self._batches.process(due, act)).is_more_due

    async def _one(
        self, database: Database, which: dict[str, Any], wake: Callable[[], None]
    ) -> bool:
        async with database.transaction() as db:
            row = (await db.execute(self._claim, which)).mappings().one_or_none()
            if row is None:
                return False  # another replica or a party has changed it, or is changing it
            await self._act(db, booking_from(row))
            db.after_commit(wake)
        SWEPT.labels(self.label).inc()
        return True


class DeadlineSweep(Sweep):
    """Sweeps the bookings in `status` whose `deadline` passed at least `after` ago."""

    def __init__(
        self, status: Status, deadline: ColumnElement[Any], act: Act, after: timedelta = timedelta()
    ) -> None:
        self.status, self.deadline = status, deadline
        due = _in_status(status) & (deadline <= bindparam("before"))
        super().__init__(str(status), due, deadline, act, after)


def _in_status(*statuses: Status) -> ColumnElement[bool]:
    # As a literal: with a parameter, a prepared statement could not use a partial index.
    return bookings.c.status.in_([literal_column(f"'{status}'") for status in statuses])


def deadline_sweeps(settings: BookingSettings) -> dict[str, DeadlineSweep]:
    """The sweeps by name: for each waiting status its deadline, and what happens then."""
    times = settings.session_times
    end = partial(end_forgotten_session, times=times)
    miss = partial(miss_unstarted_session, times=times)
    of, late = bookings.c, times.overtime
    return {
        "expire-requests": DeadlineSweep(Status.REQUESTED, of.respond_by, expire_booking),
        "lapse-unauthorised": DeadlineSweep(Status.ACCEPTED, of.scheduled_start, lapse_booking),
        "lapse-unpaid": DeadlineSweep(Status.PAYMENT_FAILED, of.payment_deadline, lapse_booking),
        "miss-sessions": DeadlineSweep(Status.CONFIRMED, of.scheduled_end, miss, late),
        "end-sessions": DeadlineSweep(Status.IN_PROGRESS, of.scheduled_end, end, late),
    }


def absence_sweep(times: SessionTimes) -> Sweep:
    """Marks a party as absent who has not come to a session where the other waits."""
    of = bookings.c
    opens = of.scheduled_start - _seconds(times.early)
    came = {
        party: func.coalesce(presences.c[f"{party}_until"] > opens, False)
        for party in ("seeker", "consultant")
    }
    one_came = exists().where(presences.c.booking_id == of.id, came["seeker"] != came["consultant"])
    decided = func.least(of.scheduled_start + _seconds(ABSENT_AFTER), of.scheduled_end)
    due = (
        _in_status(Status.CONFIRMED, Status.IN_PROGRESS)
        & (of.scheduled_start <= bindparam("before"))
        & (decided <= bindparam("before"))
        & one_came
    )
    return Sweep("absent", due, of.scheduled_start, partial(miss_absent_party, times=times))


async def _expire(db: Transaction, booking: Booking) -> None:
    await expire_proposal(db, booking)


def proposal_sweep() -> Sweep:
    """Closes proposals of another time that were not answered in time."""
    expires_at = bookings.c.proposal_expires_at
    return Sweep("proposal", expires_at <= bindparam("before"), expires_at, _expire)


def _seconds(duration: timedelta) -> ColumnElement[Any]:
    return literal_column(f"interval '{duration.total_seconds():.0f} seconds'")


def sweeps(settings: BookingSettings) -> dict[str, Sweep]:
    """All sweeps by name."""
    return {
        **deadline_sweeps(settings),
        "expire-proposals": proposal_sweep(),
        "miss-absent-parties": absence_sweep(settings.session_times),
    }


def sweep_jobs(settings: BookingSettings, database: Database, free_time: Job) -> list[Job]:
    """One job per sweep; `free_time` is woken when they have freed a slot."""

    def job(name: str, sweep: Sweep) -> Job:
        return Job(
            name, lambda: sweep.run(database, free_time.wake), every=settings.sweep_every_seconds
        )

    return [job(name, sweep) for name, sweep in sweeps(settings).items()]
