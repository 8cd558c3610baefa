"""Maps rows to domain objects and back; the only writer of the directory's tables. A consultant is
locked first, then the rows that belong to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.directory.domain.model import Consultant
from services.directory.search.postings import reindex, searchable
from services.directory.tables import consultant_profiles as profiles
from services.directory.tables import favourites, free_slots, rating_replies, ratings
from shared.clock import now
from shared.db import Query, Transaction
from shared.events import Interval

_LOCK = Query(
    select(profiles).where(profiles.c.consultant_id == bindparam("consultant_id")).with_for_update()
)
_INSERT = Query(
    insert(profiles).values(consultant_id=bindparam("consultant_id")).on_conflict_do_nothing()
)


def _consultant(row: Row[Any]) -> Consultant:
    return Consultant(**row._mapping)


# ---- consultants


async def get_for_update(db: Transaction, consultant_id: UUID) -> Consultant:
    """The consultant, locked; inserted if nothing was known of them yet."""
    rows = await db(_LOCK, consultant_id=consultant_id)
    if not rows:
        await db(_INSERT, consultant_id=consultant_id)
        rows = await db(_LOCK, consultant_id=consultant_id)
    return Consultant(**rows[0])


async def is_open(db: Transaction, consultant_id: UUID) -> bool:
    """Whether the consultant's account is not known to be closed."""
    closed = (profiles.c.consultant_id == consultant_id) & ~profiles.c.is_active
    return not (await db.execute(select(exists().where(closed)))).scalar_one()


async def save(db: Transaction, consultant: Consultant, **changes: Any) -> Consultant:
    """Writes `changes` to the locked consultant, updates the search index accordingly, and returns
    the updated consultant.
    """

    def new(field: str) -> Any:
        return changes[field] if field in changes else getattr(consultant, field)

    names = (new("first_name"), new("last_name"))
    strong, weak = searchable(names, new("headline"), new("expertise_tags"), new("bio"))
    words = {"strong_words": strong, "weak_words": weak, "needs_reindexing": False}
    write = update(profiles).where(profiles.c.consultant_id == consultant.consultant_id)
    row = (await db.execute(write.values(**changes, **words).returning(profiles))).one()
    saved = _consultant(row)
    await reindex(db, consultant, saved)
    return saved


async def next_available_at(
    db: Transaction, consultant: Consultant, at: datetime
) -> datetime | None:
    """When the first free time begins that can be requested at `at`: the stored value, until the
    minimum notice has passed it.
    """
    stored, soonest = consultant.next_available_at, at + consultant.minimum_notice
    if stored is None or stored > soonest:
        return stored
    later = (free_slots.c.consultant_id == consultant.consultant_id) & (
        free_slots.c.start_time > soonest
    )
    first = select(func.min(free_slots.c.start_time)).where(later)
    found: datetime | None = (await db.execute(first)).scalar_one()
    return found


async def consultants_to_reindex(db: Transaction, limit: int) -> list[Consultant]:
    """Up to `limit` consultants whose words were split by an earlier version, locked."""
    query = select(profiles).where(profiles.c.needs_reindexing).order_by(profiles.c.consultant_id)
    rows = await db.execute(query.limit(limit).with_for_update(skip_locked=True))
    return [_consultant(row) for row in rows]


class Price(NamedTuple):
    """What a consultant asks for an hour."""

    consultant_id: UUID
    hourly_rate: int
    currency: str


async def prices_for_update(db: Transaction, after: UUID, limit: int) -> list[Price]:
    """The prices of up to `limit` profiles in order of their consultants' ids, starting after
    `after`, locked: no other change is published before the commit.
    """
    columns = (profiles.c.consultant_id, profiles.c.hourly_rate, profiles.c.currency)
    query = select(*columns).where(
        profiles.c.consultant_id > after, profiles.c.hourly_rate.is_not(None)
    )
    rows = await db.execute(query.order_by(profiles.c.consultant_id).limit(limit).with_for_update())
    return [Price(*row) for row in rows]


# ---- free time

# Writes only the differences: of five hundred free slots, one booking takes one.
_DELETE_SLOTS = Query(
    text("""
    delete from directory.free_slots f
    where f.consultant_id = cast(:consultant_id as uuid) and not exists (
        select from unnest(cast(:starts as timestamptz[]), cast(:ends as timestamptz[]))
            n (start_time, end_time)
        where n.start_time = f.start_time and n.end_time = f.end_time
    )
    """)
)
# Neither searched nor sorted by these columns of the profile: the index does not change.
_ADD_SLOTS = Query(
    text("""
    with added as (
        insert into directory.free_slots (consultant_id, start_time, end_time)
        select cast(:consultant_id as uuid), n.start_time, n.end_time
        from unnest(cast(:starts as timestamptz[]), cast(:ends as timestamptz[]))
            n (start_time, end_time)
        on conflict do nothing
    )
    update directory.consultant_profiles
    set next_available_at = cast(:next_available_at as timestamptz),
        minimum_notice = cast(:minimum_notice as interval),
        last_availability_sequence = cast(:last_sequence as bigint)
    where consultant_id = cast(:consultant_id as uuid)
    """)
)


async def save_free_time(
    db: Transaction,
    consultant_id: UUID,
    free: Sequence[Interval],
    *,
    next_available_at: datetime | None,
    minimum_notice: timedelta,
    last_sequence: int,
) -> None:
    """Replaces the consultant's free time with `free`."""
    slots = {
        "consultant_id": consultant_id,
        "starts": [slot.start_time for slot in free],
        "ends": [slot.end_time for slot in free],
    }
    await db(_DELETE_SLOTS, **slots)
    await db(
        _ADD_SLOTS,
        **slots,
        next_available_at=next_available_at,
        minimum_notice=minimum_notice,
        last_sequence=last_sequence,
    )


# ---- photos


async def save_photo(db: Transaction, consultant_id: UUID, digest: str | None) -> None:
    """Sets the current picture; None for no picture."""
    mine = update(profiles).where(profiles.c.consultant_id == consultant_id)
    await db.execute(mine.values(photo=digest, updated_at=now()))


async def photos_of_closed_accounts(db: Transaction, limit: int) -> list[tuple[UUID, str]]:
    """Up to `limit` photos of closed accounts."""
    closed = profiles.c.photo.is_not(None) & ~profiles.c.is_active
    query = select(profiles.c.consultant_id, profiles.c.photo).where(closed)
    rows = await db.execute(query.order_by(profiles.c.consultant_id).limit(limit))
    return [(row.consultant_id, row.photo) for row in rows]


async def shown_photos(db: Transaction, consultants: set[UUID]) -> set[tuple[UUID, str]]:
    """The current photos of these consultants."""
    shown = profiles.c.consultant_id.in_(consultants) & profiles.c.photo.is_not(None)
    rows = await db.execute(select(profiles.c.consultant_id, profiles.c.photo).where(shown))
    return {(row.consultant_id, row.photo) for row in rows}


# ---- favourites


async def has_profile(db: Transaction, consultant_id: UUID) -> bool:
    """Whether the consultant has a visible profile."""
    public = (profiles.c.consultant_id == consultant_id) & profiles.c.is_active
    shown = exists().where(public & profiles.c.headline.is_not(None))
    return bool((await db.execute(select(shown))).scalar_one())


async def insert_favourite(db: Transaction, seeker_id: UUID, consultant_id: UUID) -> None:
    """Adds a favourite; idempotent."""
    row = {"seeker_id": seeker_id, "consultant_id": consultant_id, "created_at": now()}
    await db.execute(insert(favourites).values(row).on_conflict_do_nothing())


async def delete_favourite(db: Transaction, seeker_id: UUID, consultant_id: UUID) -> None:
    """Removes a favourite, if it exists."""
    noted = (favourites.c.seeker_id == seeker_id) & (favourites.c.consultant_id == consultant_id)
    await db.execute(delete(favourites).where(noted))


# ---- ratings


async def insert_rating(db: Transaction, **values: Any) -> bool:
    """Stores a booking's rating; False when it has one already."""
    statement = insert(ratings).values(**values).on_conflict_do_nothing()
    return (await db.execute(statement)).rowcount == 1


async def insert_reply(db: Transaction, **values: Any) -> None:
    """Stores the reply to a booking's rating, once."""
    await db.execute(insert(rating_replies).values(**values).on_conflict_do_nothing())
