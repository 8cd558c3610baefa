"""Weekly rules and the slots generated from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    delete,
    exists,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from services.booking.domain.rules import Interval, Rules
from services.booking.store.slots import insert_slots
from services.booking.store.time_zones import TZDATA, current_name
from services.booking.tables import (
    availability_rules,
    availability_slots,
    users,
    withdrawn_times,
)
from shared.clock import LATEST, now
from shared.db import Executor, Query, Transaction

_rule = upsert(availability_rules)
_SAVE = _rule.on_conflict_do_update(
    index_elements=["consultant_id"],
    set_={
        column.name: _rule.excluded[column.name]
        for column in availability_rules.columns
        if column.name != "consultant_id"
    },
)
# As text, because only some connections decode JSON.
RULES = Query(
    select(cast(availability_rules.c.rules, Text).label("rules")).where(
        availability_rules.c.consultant_id == bindparam("consultant_id")
    )
)
_BUFFER = Query(
    select(availability_rules.c.buffer_minutes).where(
        availability_rules.c.consultant_id == bindparam("consultant_id")
    )
)
_REMOVE = delete(availability_rules).where(
    availability_rules.c.consultant_id == bindparam("consultant_id")
)
# Only with a newer release of the time zone database: during an upgrade, replicas may have
# different ones, and the newest wins.
_DUE = Query(
    select(availability_rules.c.consultant_id)
    .where(
        (availability_rules.c.extended_at <= bindparam("before"))
        | (availability_rules.c.tzdata < bindparam("tzdata")),
        ~exists().where(users.c.id == availability_rules.c.consultant_id, ~users.c.is_active),
    )
    .order_by(availability_rules.c.extended_at)
    .limit(bindparam("rows"))
)
_AHEAD = (
    select(
        availability_slots.c.id,
        availability_slots.c.start_time,
        availability_slots.c.end_time,
        availability_slots.c.is_booked,
        availability_slots.c.from_rules,
    )
    .where(
        availability_slots.c.consultant_id == bindparam("consultant_id"),
        availability_slots.c.end_time > bindparam("since"),
        availability_slots.c.start_time < bindparam("until"),
    )
    .order_by(availability_slots.c.start_time)
    .with_for_update()
)
_WITHDRAWN = (
    select(withdrawn_times.c.start_time, withdrawn_times.c.end_time)
    .where(
        withdrawn_times.c.consultant_id == bindparam("consultant_id"),
        withdrawn_times.c.end_time > bindparam("since"),
        withdrawn_times.c.start_time < bindparam("until"),
    )
    .order_by(withdrawn_times.c.start_time)
)
_PURGE_WITHDRAWN = delete(withdrawn_times).where(
    withdrawn_times.c.consultant_id == bindparam("consultant_id")
)
_HAS_RULES = select(literal(1)).where(
    availability_rules.c.consultant_id == bindparam("consultant_id")
)
# PostgreSQL has its own time zone database, which defines the days of a daily limit.
_KNOWS_ZONE = text("select exists (select from pg_timezone_names where name = :zone)")
_DELETE_SLOTS = Query(
    delete(availability_slots).where(
        availability_slots.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))
    )
)


async def knows_time_zone(db: Transaction, time_zone: str) -> bool:
    """Whether the database knows that time zone: its release may differ from ours."""
    zone = current_name(time_zone)
    return bool((await db.execute(_KNOWS_ZONE, {"zone": zone})).scalar_one())


async def save_rules(db: Transaction, consultant_id: UUID, rules: Rules) -> None:
    """Stores a consultant's rules, as extended now."""
    at = now()
    row = {
        "consultant_id": consultant_id,
        "rules": msgspec.to_builtins(rules, str_keys=True),
        "time_zone": current_name(rules.time_zone),
        "buffer_minutes": rules.buffer_minutes,
        "minimum_notice_minutes": rules.minimum_notice_minutes,
        "daily_limit": rules.daily_limit,
        "extended_at": at,
        "tzdata": TZDATA,
        "updated_at": at,
    }
    await db.execute(_SAVE, row)


async def has_rules(db: Transaction, consultant_id: UUID) -> bool:
    """Whether the consultant has rules."""
    return (await db.execute(_HAS_RULES, {"consultant_id": consultant_id})).first() is not None


async def get_rules(run: Executor, consultant_id: UUID) -> Rules | None:
    """A consultant's rules."""
    return rules_from(await run(RULES, consultant_id=consultant_id))


def rules_from(rows: Sequence[Any]) -> Rules | None:
    """The Rules stored by `save_rules`, from the rows of RULES."""
    return msgspec.json.decode(rows[0]["rules"], type=Rules, strict=False) if rows else None


async def buffer_of(db: Transaction, consultant_id: UUID) -> timedelta:
    """The buffer after a session according to the consultant's rules."""
    rows = await db(_BUFFER, consultant_id=consultant_id)
    return timedelta(minutes=rows[0]["buffer_minutes"]) if rows else timedelta()


async def remove_rules(db: Transaction, consultant_id: UUID) -> bool:
    """Deletes a consultant's rules and withdrawn times. Returns whether there were any."""
    await db.execute(_PURGE_WITHDRAWN, {"consultant_id": consultant_id})
    return bool((await db.execute(_REMOVE, {"consultant_id": consultant_id})).rowcount)


async def due_for_extension(run: Executor, before: datetime, limit: int) -> Sequence[UUID]:
    """Consultants whose slots were last extended before `before`, or with an older time zone
    database.
    """
    rows = await run(_DUE, before=before, tzdata=TZDATA, rows=limit)
    return [row["consultant_id"] for row in rows]


class SlotAhead(NamedTuple):
    """A slot that has not ended, free or booked."""

    id: UUID
    start_time: datetime
    end_time: datetime
    is_booked: bool
    from_rules: bool


async def slots_ahead(
    db: Transaction, consultant_id: UUID, since: datetime, until: datetime = LATEST
) -> list[SlotAhead]:
    """The consultant's slots that overlap [since, until), ordered by time, locked."""
    period = {"consultant_id": consultant_id, "since": since, "until": until}
    return [SlotAhead(*row) for row in await db.execute(_AHEAD, period)]


async def withdrawn_times_of(
    db: Transaction, consultant_id: UUID, since: datetime, until: datetime = LATEST
) -> list[Interval]:
    """The consultant's withdrawn times within [since, until), in order."""
    period = {"consultant_id": consultant_id, "since": since, "until": until}
    return [(start, end) for start, end in await db.execute(_WITHDRAWN, period)]


async def replace_slots(
    db: Transaction, consultant_id: UUID, removed: Sequence[UUID], made: Sequence[Interval]
) -> None:
    """Deletes slots, and inserts generated ones."""
    if removed:
        await db(_DELETE_SLOTS, ids=removed)
    if made:
        await insert_slots(db, consultant_id, made, from_rules=True)
