"""Asking for a slot, and the answer: request, accept, decline, or no answer at all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.booking.errors import InvalidTransition, SeekerBusy, SlotUnavailable
from services.booking.lifecycle import Actor, Status, Verb, advance
from services.booking.offers import offer_for
from services.booking.policy import Terms, terms_at
from services.booking.records import (
    HeldBooking,
    constraint_of,
    facts_of,
    hold_as_party,
    move,
    party_names,
    release_slot,
    timeline_name,
)
from services.booking.settings import BookingSettings
from services.booking.tables import bookings
from shared.auth import User
from shared.clock import now
from shared.db import Executor, Query
from shared.events import BookingAccepted, BookingDeclined, BookingExpired, BookingRequested
from shared.ids import new_id
from shared.outbox import row_of
from shared.problems import Forbidden

_COLUMNS = (
    "id", "seeker_id", "consultant_id", "slot_id", "status", "message", "scheduled_start", "scheduled_end",
    *Terms.__struct_fields__, "created_at", "updated_at",
)  # fmt: skip
_dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
_VALUES = ", ".join(
    f"cast(:{name} as {bookings.c[name].type.compile(_dialect)})" for name in _COLUMNS
)
# All that a request writes, at once, and a transaction of its own where nobody brings one: this is
# the busiest command. The seeker is locked first: two requests of one seeker, each inserting and
# then waiting for the other's exclusion constraint, would be a deadlock. Then the slot: of forty
# who want it one at a time takes it, and the others find it taken.
_RESERVE = Query(text(f"""
    with seeker as materialized (
        select from booking.parties where id = cast(:seeker_id as uuid) for no key update
    ), taken as (
        update booking.availability_slots set is_booked = true, updated_at = :created_at
        where id = :slot_id and not is_booked and exists (select from seeker) returning id
    ), booked as (
        insert into booking.bookings ({", ".join(_COLUMNS)}) select {_VALUES} from taken returning id
    ), changed as (
        insert into booking.free_time_changes (consultant_id) select cast(:consultant_id as uuid) from booked
    ), noted as (
        insert into booking.timeline (booking_id, at, actor, event, detail)
        select id, cast(:created_at as timestamptz), 'seeker', '{timeline_name(BookingRequested)}',
            jsonb_build_object('amount', cast(:amount as bigint), 'currency', cast(:currency as text))
        from booked
    ), told as (
        insert into booking.outbox (event_id, type, aggregate_id, body, correlation_id, traceparent, created_at)
        select cast(:event_id as uuid), cast(:type as text), id, cast(:body as bytea), cast(:correlation_id as text),
            cast(:traceparent as text), cast(:created_at as timestamptz)
        from booked
    )
    select id from booked
"""))  # fmt: skip # noqa: S608 (column names, no values)  # nosec B608 # names of ours; values are bound


async def request_booking(
    run: Executor,
    *,
    by: User,
    consultant_id: UUID,
    slot_id: UUID,
    message: str | None,
    settings: BookingSettings,
) -> HeldBooking:
    """A seeker asks for a slot; it is theirs until it is declined, cancelled or `respond_by` has
    passed. `run`: in a transaction (`in_transaction`) or as one (`autocommit`). Raises Forbidden
    for one's own slot, NotFound, SlotUnavailable, SeekerBusy.
    """
    if by.id == consultant_id:
        raise Forbidden("You cannot book your own slot.")
    offer = await offer_for(run, by, consultant_id, slot_id)
    at = now()
    if offer.is_booked or offer.start_time <= at:
        raise SlotUnavailable
    agreed = terms_at(
        at, offer.start_time, offer.end_time, offer.hourly_rate, offer.currency, settings
    )
    row = {
        "id": new_id(),
        "seeker_id": by.id,
        "consultant_id": consultant_id,
        "slot_id": slot_id,
        "status": Status.REQUESTED,
        "message": message,
        "scheduled_start": offer.start_time,
        "scheduled_end": offer.end_time,
        "created_at": at,
        "updated_at": at,
        **msgspec.structs.asdict(agreed),
    }
    booking = HeldBooking(
        **row, **{column.name: getattr(offer, column.name) for column in party_names}
    )
    event = BookingRequested(**facts_of(booking), respond_by=booking.respond_by)
    if not await _reserve(run, row_of(event) | row):
        await offer_for(run, by, consultant_id, slot_id)  # withdrawn in this moment: NotFound
        raise SlotUnavailable
    return booking


async def _reserve(run: Executor, row: dict[str, Any]) -> bool:
    """Writes the booking, takes its slot, begins its timeline, tells the others. False when the
    slot is no longer free; raises SeekerBusy, SlotUnavailable.
    """
    try:
        return bool(await run(_RESERVE, **row))
    except (IntegrityError, asyncpg.IntegrityConstraintViolationError) as error:
        match constraint_of(error):
            case "seeker_is_free":
                raise SeekerBusy from None
            case "consultant_is_free":
                raise SlotUnavailable from None
        raise


# ---- the answer


async def accept_booking(db: AsyncConnection, *, booking_id: UUID, by: User) -> HeldBooking:
    """The consultant says yes; payments is asked to hold the money. Raises NotFound,
    InvalidTransition.
    """
    booking, actor = await hold_as_party(db, booking_id, by)
    status = advance(booking.status, Verb.ACCEPT, actor)
    if now() > booking.respond_by:
        raise InvalidTransition(
            f"The booking is {booking.status}, but it could be answered until {booking.respond_by:%Y-%m-%d %H:%M} UTC: it has expired."
        )
    event = BookingAccepted(
        **facts_of(booking), commission_amount=booking.commission_amount, attempt=1
    )
    return await move(
        db, booking, actor, event, status=status, payment_status="authorizing", payment_attempt=1
    )


async def decline_booking(
    db: AsyncConnection, *, booking_id: UUID, by: User, reason: str | None
) -> HeldBooking:
    """The consultant says no; the slot is free again. Raises NotFound, InvalidTransition."""
    booking, actor = await hold_as_party(db, booking_id, by)
    status = advance(booking.status, Verb.DECLINE, actor)
    event = BookingDeclined(**facts_of(booking), reason=reason)
    await release_slot(db, booking)
    return await move(
        db, booking, actor, event, detail={"reason": reason}, status=status, reason=reason
    )


async def expire_booking(db: AsyncConnection, booking: HeldBooking) -> None:
    """The clock: nobody answered until `respond_by`; the slot is free again."""
    status = advance(booking.status, Verb.EXPIRE, Actor.SYSTEM)
    await release_slot(db, booking)
    await move(db, booking, Actor.SYSTEM, BookingExpired(**facts_of(booking)), status=status)
