"""Busy times from consultants' other calendars, and the bookings that they overlap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, text

from services.booking.domain.model import LIVE
from services.booking.domain.rules import Interval
from services.booking.store.statuses import status_list
from shared.db import Transaction

# The maximum number of warnings at once; the next reading finds the rest.
MAX_WARNINGS = 50
_NEW = """
    select * from unnest(cast(:starts as timestamptz[]), cast(:ends as timestamptz[]))
        as n (start_time, end_time)
"""
# Writes only the differences: of ten thousand times, few change within 15 minutes.
_REMOVE = text(f"""
    with removed as (
        delete from booking.busy_times t where t.calendar_id = :calendar_id and not exists (
            select from ({_NEW}) n where n.start_time = t.start_time and n.end_time = t.end_time
        ) returning t.start_time
    )
    select count(*) from removed
""")  # noqa: S608  # nosec B608 # parts of ours; values are bound
_ADD = text(f"""
    insert into booking.busy_times (calendar_id, consultant_id, start_time, end_time)
    select :calendar_id, :consultant_id, n.start_time, n.end_time from ({_NEW}) n
    on conflict do nothing
""")  # noqa: S608  # nosec B608 # parts of ours; values are bound
_CONFLICTS = text(f"""
    insert into booking.busy_conflicts (calendar_id, booking_id, scheduled_start, scheduled_end)
    select distinct t.calendar_id, b.id, b.scheduled_start, b.scheduled_end
    from booking.bookings b join booking.busy_times t on t.consultant_id = b.consultant_id
        and tstzrange(t.start_time, t.end_time) && tstzrange(b.scheduled_start, b.scheduled_end)
    where t.calendar_id = :calendar_id and b.consultant_id = :consultant_id
        and b.status in ({status_list(LIVE)}) and b.scheduled_start > :at
        and not exists (
            select from booking.busy_conflicts c where c.calendar_id = t.calendar_id
                and c.booking_id = b.id and c.scheduled_start = b.scheduled_start
        )
    order by b.scheduled_start limit {MAX_WARNINGS}
    on conflict do nothing
    returning booking_id, scheduled_start, scheduled_end
""")  # noqa: S608  # nosec B608 # names of ours; values are bound


async def replace_busy_times(
    db: Transaction,
    calendar_id: UUID,
    consultant_id: UUID,
    times: Sequence[Interval],
) -> bool:
    """Replaces a calendar's busy times. Returns whether any have changed."""
    which = {
        "calendar_id": calendar_id,
        "starts": [start for start, _ in times],
        "ends": [end for _, end in times],
    }
    removed = (await db.execute(_REMOVE, which)).scalar_one()
    added = (await db.execute(_ADD, {**which, "consultant_id": consultant_id})).rowcount
    return bool(removed or added)


async def note_conflicts(
    db: Transaction, calendar_id: UUID, consultant_id: UUID, at: datetime
) -> Sequence[RowMapping]:
    """Records conflicts with future bookings that were not recorded before, and returns the first
    MAX_WARNINGS, with `booking_id`, `scheduled_start` and `scheduled_end`.
    """
    which = {"calendar_id": calendar_id, "consultant_id": consultant_id, "at": at}
    return (await db.execute(_CONFLICTS, which)).mappings().all()
