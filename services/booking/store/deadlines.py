"""Bookings that are due for a sweep: whose deadline has passed, or whose other party has not come.

Each condition has the bindparam `before`: what was due by then is found. The indexes on `bookings`
are partial, one per status.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    select,
    union_all,
)

from services.booking.domain.model import Actor, Booking, Status
from services.booking.domain.outcome import ABSENT_AFTER
from services.booking.store.bookings import BOOKINGS, booking_from
from services.booking.store.statuses import in_status
from services.booking.tables import bookings, presences
from shared.db import Query, Reader, Transaction

_booking = bookings.c
_before: ColumnElement[datetime] = bindparam("before")


class DueBookings:
    """The bookings that fulfil `condition`, in `order`."""

    def __init__(self, condition: ColumnElement[bool], order: ColumnElement[Any]) -> None:
        self.query = Query(
            select(_booking.id).where(condition).order_by(order).limit(bindparam("rows"))
        )
        self._claim = BOOKINGS.where(
            _booking.id == bindparam("booking_id"), condition
        ).with_for_update(of=bookings, skip_locked=True)

    async def find(self, reader: Reader, before: datetime, limit: int) -> list[UUID]:
        """The ids of the first `limit`."""
        rows = await reader.rows(self.query, before=before, rows=limit)
        return [row["id"] for row in rows]

    async def claim(self, db: Transaction, booking_id: UUID, before: datetime) -> Booking | None:
        """The booking, locked; None if it is no longer due, or locked by another transaction."""
        which = {"booking_id": booking_id, "before": before}
        row = (await db.execute(self._claim, which)).mappings().one_or_none()
        return booking_from(row) if row is not None else None


class Deadline(DueBookings):
    """The bookings in `status` whose deadline `at` has passed. `indexed` is the column by which
    they are found if `at` is an expression; it is never later than `at`.
    """

    def __init__(
        self, status: Status, at: ColumnElement[Any], indexed: ColumnElement[Any] | None = None
    ) -> None:
        self.status, self.at = status, at
        condition = in_status([status]) & (at <= _before)
        if indexed is not None:
            condition &= indexed <= _before
        super().__init__(condition, at)


# As `Booking.answer_by`. `greatest` ignores null, which is the result where no time of the
# consultant's is proposed.
_proposed_by_consultant = _booking.proposed_by == literal_column(f"'{Actor.CONSULTANT}'")
_answer_by = func.greatest(
    _booking.respond_by, case((_proposed_by_consultant, _booking.proposal_expires_at))
)
UNANSWERED = Deadline(Status.REQUESTED, _answer_by, indexed=_booking.respond_by)
UNAUTHORISED = Deadline(Status.ACCEPTED, _booking.scheduled_start)
UNPAID = Deadline(Status.PAYMENT_FAILED, _booking.payment_deadline)
UNSTARTED = Deadline(Status.CONFIRMED, _booking.scheduled_end)
UNENDED = Deadline(Status.IN_PROGRESS, _booking.scheduled_end)
PROPOSED = DueBookings(_booking.proposal_expires_at <= _before, _booking.proposal_expires_at)


def one_absent(early: timedelta) -> DueBookings:
    """The bookings to whose session one party has come, from `early` before its start on, and the
    other has not.
    """
    opens = _booking.scheduled_start - _interval(early)
    came = {
        party: func.coalesce(presences.c[f"{party}_until"] > opens, False)
        for party in ("seeker", "consultant")
    }
    one_came = exists().where(
        presences.c.booking_id == _booking.id, came["seeker"] != came["consultant"]
    )
    decided = func.least(_booking.scheduled_start + _interval(ABSENT_AFTER), _booking.scheduled_end)
    condition = (
        in_status([Status.CONFIRMED, Status.IN_PROGRESS])
        & (_booking.scheduled_start <= _before)
        & (decided <= _before)
        & one_came
    )
    return DueBookings(condition, _booking.scheduled_start)


def _interval(duration: timedelta) -> ColumnElement[Any]:
    return literal_column(f"interval '{duration.total_seconds():.0f} seconds'")


def waiting_bookings(deadlines: Iterable[Deadline]) -> Query:
    """The query of how many bookings wait for each deadline: rows of `status`, `number`, the
    earliest last change `since` and the earliest `deadline`.
    """
    return Query(union_all(*(_waiting(one) for one in deadlines)))


def _waiting(deadline: Deadline) -> Select[Any, Any, Any, Any]:
    status = literal_column(f"'{deadline.status}'", String)
    since, earliest = func.min(_booking.updated_at), func.min(deadline.at)
    return select(
        status.label("status"),
        func.count().label("number"),
        since.label("since"),
        earliest.label("deadline"),
    ).where(in_status([deadline.status]))
