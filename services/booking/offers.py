"""What a seeker is about to book: the slot, its price and both people, from one statement that also locks what must be locked."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.booking.records import consultant, party_names, seeker
from services.booking.tables import availability_slots, parties, terms
from shared.auth import User
from shared.problems import Forbidden, NotFound

TERMS_ARRIVE_WITHIN = timedelta(seconds=2)
LOOK_EVERY_SECONDS = 0.05
# Each of those who wait holds a connection of the pool: the rest of the pool is for everybody else.
MOST_WAITING = 3

_wanted = (
    (availability_slots.c.id == bindparam("slot_id"))
    & (availability_slots.c.consultant_id == bindparam("consultant_id"))
    & consultant.c.is_active
)
_slots = availability_slots.join(consultant, consultant.c.id == availability_slots.c.consultant_id)
# The seeker is locked first: two requests of one seeker, each inserting and then waiting for the other's exclusion constraint,
# would be a deadlock. Then the slot: of forty who want it, one at a time.
_OFFER = (
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
    .with_for_update(of=[seeker, availability_slots])
)
_WITHOUT_TERMS = (
    select(availability_slots.c.id)
    .select_from(_slots)
    .where(_wanted, ~exists().where(terms.c.consultant_id == consultant.c.id))
)
_KNOW = insert(parties).on_conflict_do_nothing()


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


async def hold_offer(db: AsyncConnection, by: User, consultant_id: UUID, slot_id: UUID) -> Offer:
    """What `by` wants to book; they and the slot are locked for the rest of this transaction.
    Raises NotFound; Forbidden where the seeker's account is closed."""
    wanted = {"seeker_id": by.id, "consultant_id": consultant_id, "slot_id": slot_id}
    offer = await _offer(db, wanted)
    if offer is None:
        await know(db, by)
        offer = await _once_priced(db, wanted)
    if offer is None:
        raise NotFound
    if not offer.seeker_is_active:
        raise Forbidden("This account is closed.")
    return offer


async def _offer(db: AsyncConnection, wanted: dict[str, UUID]) -> Offer | None:
    row = (await db.execute(_OFFER, wanted)).one_or_none()
    return Offer(**row._mapping) if row is not None else None


async def know(db: AsyncConnection, user: User) -> None:
    """Takes somebody's name from their token, where identity's event about them has not come yet."""
    row = {
        "id": user.id,
        "role": user.role,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "is_active": True,
    }
    await db.execute(_KNOW, row)


_waiting = 0


async def _once_priced(db: AsyncConnection, wanted: dict[str, UUID]) -> Offer | None:
    """The offer, as soon as directory has told its price: a consultant who saved their profile a moment ago can be booked.
    None where waiting does not help, or did not. The slot is not locked meanwhile."""
    global _waiting
    loop = asyncio.get_running_loop()
    give_up = loop.time() + TERMS_ARRIVE_WITHIN.total_seconds()
    _waiting += 1
    try:
        while (offer := await _offer(db, wanted)) is None:
            unpriced = (await db.execute(_WITHOUT_TERMS, wanted)).one_or_none() is not None
            if not unpriced or loop.time() > give_up or _waiting > MOST_WAITING:
                return None
            await asyncio.sleep(LOOK_EVERY_SECONDS)
        return offer
    finally:
        _waiting -= 1
