"""Why a consultant's time cannot be requested."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import DateTime, bindparam, func, select

from services.booking.domain.explanation import BookedTime, Reason, Surroundings, reasons_at
from services.booking.domain.model import LIVE
from services.booking.domain.policy import MAX_SLOT_LENGTH
from services.booking.domain.rules import Rules, day_around
from services.booking.domain.slots import Slot
from services.booking.store.rules import RULES, rules_from
from services.booking.store.sessions import IN_DAY
from services.booking.store.statuses import in_status
from services.booking.tables import availability_slots, bookings, busy_times
from shared.clock import now
from shared.db import Query, Reader

# The longest slot, with the longest buffer around it.
_NEAR = MAX_SLOT_LENGTH + timedelta(hours=4)
_slots = availability_slots.c
_SLOTS = Query(
    select(*(_slots[name] for name in Slot.__struct_fields__))
    .where(
        _slots.consultant_id == bindparam("consultant_id"),
        _slots.start_time > bindparam("since"),
        _slots.start_time < bindparam("until"),
    )
    .order_by(_slots.start_time)
)
_of = bookings.c
_instant = DateTime(timezone=True)


_SESSIONS = Query(
    select(
        _of.scheduled_start,
        _of.scheduled_end,
        func.coalesce(_of.blocked_until, _of.scheduled_end).label("blocked_until"),
        _of.proposed_start,
        _of.proposed_end,
        func.coalesce(_of.proposed_blocked_until, _of.proposed_end).label("proposed_blocked_until"),
    ).where(
        _of.consultant_id == bindparam("consultant_id"),
        in_status(LIVE),
        (_of.scheduled_start.between(bindparam("since"), bindparam("until")))
        | (_of.proposed_start.between(bindparam("since"), bindparam("until"))),
    )
)
_busy = busy_times.c
_BUSY = Query(
    select(_busy.start_time, _busy.end_time).where(
        _busy.consultant_id == bindparam("consultant_id"),
        func.tstzrange(_busy.start_time, _busy.end_time).op("&&")(
            func.tstzrange(bindparam("since", type_=_instant), bindparam("until", type_=_instant))
        ),
    )
)


async def explanation(reader: Reader, consultant_id: UUID, at: datetime) -> list[Reason]:
    """All reasons why no session can be requested at `at`; none if one can."""
    rules = await _rules_of(reader, consultant_id)
    period = {"consultant_id": consultant_id, "since": at - _NEAR, "until": at + _NEAR}
    rows = await reader.rows(_SLOTS, **period)
    slots = [Slot(*row) for row in rows]
    length = timedelta(minutes=rules.slot_minutes) if rules else timedelta(minutes=1)
    overlapping = [slot for slot in slots if slot.start_time < at + length and at < slot.end_time]
    booked = _booked_times(await reader.rows(_SESSIONS, **period))
    busy = [(start, end) for start, end in await reader.rows(_BUSY, **period)]
    count = 0
    if rules is not None:
        since, until = day_around(at, rules.time_zone)
        [row] = await reader.rows(
            IN_DAY, consultant_id=consultant_id, day_start=since, day_end=until
        )
        count = row["number"]
    return reasons_at(at, now(), rules, Surroundings(overlapping, booked, count, busy))


def _booked_times(rows: list[dict[str, datetime]]) -> list[BookedTime]:
    found = []
    for row in rows:
        start, end, blocked, *proposed = row.values()
        found.append(BookedTime(start, end, blocked))
        if proposed[0] is not None:
            found.append(BookedTime(*proposed))
    return found


async def _rules_of(reader: Reader, consultant_id: UUID) -> Rules | None:
    return rules_from(await reader.rows(RULES, consultant_id=consultant_id))
