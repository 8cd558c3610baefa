"""What a seeker is about to book: the slot, its price and both people."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, exists, select
from sqlalchemy.dialects.postgresql import insert

from services.booking.records import consultant, party_names, seeker
from services.booking.tables import availability_slots, parties, terms
from shared.auth import User
from shared.db import Executor, Query
from shared.problems import Forbidden, NotFound

TERMS_ARRIVE_WITHIN = timedelta(seconds=2)
LOOK_EVERY_SECONDS = 0.05
# Each of those who wait asks twenty times a second, and with an Idempotency-Key holds a connection:
# the rest is for everybody else.
MOST_WAITING = 3

_wanted = (
    (availability_slots.c.id == bindparam("slot_id"))
    & (availability_slots.c.consultant_id == bindparam("consultant_id"))
    & consultant.c.is_active
)
_slots = availability_slots.join(consultant, consultant.c.id == availability_slots.c.consultant_id)
_OFFER = Query(
    select(
        availability_slots.c.start_time,
        availability_slots.c.end_time,
        availability_slots.c.is_booked,
        terms.c.hourly_rate,
        terms.c.currency,
        seeker.c.is_active.label("seeker_is_active"),
        *party_names,
    )
    .select_from(
        _slots.join(terms, terms.c.consultant_id == consultant.c.id).join(
            seeker, seeker.c.id == bindparam("seeker_id")
        )
    )
    .where(_wanted)
)
_WITHOUT_TERMS = Query(
    select(availability_slots.c.id)
    .select_from(_slots)
    .where(_wanted, ~exists().where(terms.c.consultant_id == consultant.c.id))
)
_KNOW = Query(
    insert(parties)
    .values(
        {name: bindparam(name) for name in ("id", "role", "first_name", "last_name", "is_active")}
    )
    .on_conflict_do_nothing()
)


class Offer(msgspec.Struct, frozen=True):
    """A slot, its price (minor units an hour), and the names of both people."""

    start_time: datetime
    end_time: datetime
    is_booked: bool
    hourly_rate: int
    currency: str
    seeker_is_active: bool
    seeker_first_name: str
    seeker_last_name: str
    consultant_first_name: str
    consultant_last_name: str


async def offer_for(run: Executor, by: User, consultant_id: UUID, slot_id: UUID) -> Offer:
    """What `by` wants to book. Raises NotFound; Forbidden where the seeker's account is closed."""
    wanted = {"seeker_id": by.id, "consultant_id": consultant_id, "slot_id": slot_id}
    offer = await _offer(run, wanted)
    if offer is None:
        await know(run, by)
        offer = await _once_priced(run, wanted)
    if offer is None:
        raise NotFound
    if not offer.seeker_is_active:
        raise Forbidden("This account is closed.")
    return offer


async def _offer(run: Executor, wanted: dict[str, UUID]) -> Offer | None:
    rows = await run(_OFFER, **wanted)
    return Offer(**rows[0]) if rows else None


async def know(run: Executor, user: User) -> None:
    """Takes somebody's name from their token, where identity's event about them has not come
    yet.
    """
    await run(
        _KNOW,
        id=user.id,
        role=user.role,
        first_name=user.first_name,
        last_name=user.last_name,
        is_active=True,
    )


_waiting = 0


async def _once_priced(run: Executor, wanted: dict[str, UUID]) -> Offer | None:
    """The offer, as soon as directory has told its price: a consultant who saved their profile a
    moment ago can be booked. None where waiting does not help, or did not.
    """
    global _waiting
    loop = asyncio.get_running_loop()
    give_up = loop.time() + TERMS_ARRIVE_WITHIN.total_seconds()
    _waiting += 1
    try:
        while (offer := await _offer(run, wanted)) is None:
            unpriced = bool(await run(_WITHOUT_TERMS, **wanted))
            if not unpriced or loop.time() > give_up or _waiting > MOST_WAITING:
                return None
            await asyncio.sleep(LOOK_EVERY_SECONDS)
        return offer
    finally:
        _waiting -= 1
