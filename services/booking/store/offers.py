"""Offers: a slot with its price and both parties."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import bindparam, exists, func, select

from services.booking.domain.slots import Offer
from services.booking.store.bookings import consultant, seeker, user_names
from services.booking.tables import (
    availability_rules,
    availability_slots,
    busy_times,
    consultant_prices,
)
from shared.db import Executor, Query

_wanted = (
    (availability_slots.c.id == bindparam("slot_id"))
    & (availability_slots.c.consultant_id == bindparam("consultant_id"))
    & consultant.c.is_active
)
_slots = availability_slots.join(consultant, consultant.c.id == availability_slots.c.consultant_id)
_is_busy = exists().where(
    busy_times.c.consultant_id == availability_slots.c.consultant_id,
    func.tstzrange(busy_times.c.start_time, busy_times.c.end_time).op("&&")(
        func.tstzrange(availability_slots.c.start_time, availability_slots.c.end_time)
    ),
)
_OFFER = Query(
    select(
        availability_slots.c.start_time,
        availability_slots.c.end_time,
        availability_slots.c.is_booked,
        consultant_prices.c.hourly_rate,
        consultant_prices.c.currency,
        seeker.c.is_active.label("seeker_is_active"),
        _is_busy.label("is_busy"),
        availability_rules.c.minimum_notice_minutes,
        availability_rules.c.buffer_minutes,
        availability_rules.c.daily_limit,
        availability_rules.c.time_zone,
        *user_names,
    )
    .select_from(
        _slots.join(consultant_prices, consultant_prices.c.consultant_id == consultant.c.id)
        .join(seeker, seeker.c.id == bindparam("seeker_id"))
        .outerjoin(availability_rules, availability_rules.c.consultant_id == consultant.c.id)
    )
    .where(_wanted)
)
_has_price = exists().where(consultant_prices.c.consultant_id == consultant.c.id)
_WITHOUT_PRICE = Query(
    select(availability_slots.c.id).select_from(_slots).where(_wanted, ~_has_price)
)


async def find_offer(
    run: Executor, seeker_id: UUID, consultant_id: UUID, slot_id: UUID
) -> Offer | None:
    """The offer for that seeker. None if there is no such slot, or the seeker or the consultant's
    price is not known yet.
    """
    rows = await run(_OFFER, seeker_id=seeker_id, consultant_id=consultant_id, slot_id=slot_id)
    return Offer(**rows[0]) if rows else None


async def awaits_price(run: Executor, consultant_id: UUID, slot_id: UUID) -> bool:
    """Whether the slot exists and only its consultant's price is not known yet."""
    return bool(await run(_WITHOUT_PRICE, consultant_id=consultant_id, slot_id=slot_id))
