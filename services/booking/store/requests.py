"""The insertion of a booking: everything that a request writes, in one statement."""

from __future__ import annotations

import msgspec
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from services.booking.domain.model import Booking
from services.booking.domain.policy import BookingTerms
from services.booking.store.bookings import event_name, refusing_overlaps
from services.booking.tables import bookings
from shared.db import Executor, Query
from shared.events import BookingRequested
from shared.outbox import Emission, insert_event_sql

_COLUMNS = (
    "id",
    "seeker_id",
    "consultant_id",
    "slot_id",
    "status",
    "message",
    "scheduled_start",
    "scheduled_end",
    "blocked_until",
    *BookingTerms.__struct_fields__,
    "created_at",
    "updated_at",
)
_dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
_VALUES = ", ".join(
    f"cast(:{name} as {bookings.c[name].type.compile(_dialect)})" for name in _COLUMNS
)
# It is a transaction of its own unless the caller has one: this is the busiest command. The seeker
# is locked first: two concurrent requests of one seeker could deadlock on the exclusion constraint.
# Then the slot: of forty concurrent requests one takes it, and the others find it taken.
_INSERT = Query(
    text(f"""
    with seeker as materialized (
        select from booking.users where id = cast(:seeker_id as uuid) for no key update
    ), taken as (
        update booking.availability_slots set is_booked = true, updated_at = :created_at
        where id = :slot_id and not is_booked and exists (select from seeker) returning id
    ), booked as (
        insert into booking.bookings ({", ".join(_COLUMNS)})
        select {_VALUES} from taken returning id
    ), changed as (
        insert into booking.free_time_changes (consultant_id)
        select cast(:consultant_id as uuid) from booked
    ), waiting as (
        delete from booking.waitlist_entries
        where seeker_id = cast(:seeker_id as uuid)
            and consultant_id = cast(:consultant_id as uuid) and exists (select from booked)
    ), entry as (
        insert into booking.timeline (booking_id, at, actor, event, detail)
        select id, cast(:created_at as timestamptz), 'seeker', '{event_name(BookingRequested)}',
            jsonb_build_object(
                'amount', cast(:amount as bigint), 'currency', cast(:currency as text)
            )
        from booked
    ), event as (
        {insert_event_sql("booking", "booked")}
    )
    select sequence from event
""")  # noqa: S608 (column names, no values)  # nosec B608 # names of ours; values are bound
)


async def insert_booking(run: Executor, booking: Booking, event: BookingRequested) -> bool:
    """Inserts the booking, takes its slot, starts its timeline and emits `event`. False if the slot
    is no longer free. Raises SeekerBusy, SlotUnavailable.
    """
    emission = Emission(event)
    with refusing_overlaps():
        rows = await run(_INSERT, **msgspec.structs.asdict(booking), **emission.parameters)
    if not rows:
        return False
    emission.written(run, [rows[0]["sequence"]])
    return True
