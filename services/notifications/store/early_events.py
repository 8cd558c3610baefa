"""Events that arrived before their booking was known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, String, Uuid, bindparam, delete, func
from sqlalchemy.dialects.postgresql import insert

from services.notifications.domain.model import EarlyEvent
from services.notifications.tables import early_events
from shared.clock import now
from shared.db import Query, Transaction
from shared.deliveries import event_sequence
from shared.events import BY_TYPE, Event

_KEEP = Query(
    insert(early_events)
    .values({column.name: bindparam(column.name, type_=column.type) for column in early_events.c})
    .on_conflict_do_nothing()
)
_TAKE = Query(
    delete(early_events)
    .where(
        early_events.c.booking_id == bindparam("booking_id", type_=Uuid),
        early_events.c.type == func.any(bindparam("types", type_=ARRAY(String))),
    )
    .returning(*(early_events.c[name] for name in EarlyEvent.__struct_fields__))
)


async def keep(
    db: Transaction, event_id: UUID, booking_id: UUID, event: Event, body: bytes
) -> None:
    """Stores an event whose booking is not known yet."""
    row: dict[str, Any] = {
        "event_id": event_id,
        "booking_id": booking_id,
        "type": event.TYPE,
        "body": body.decode(),
        "sequence": event_sequence(),
        "created_at": now(),
    }
    await db(_KEEP, **row)


async def take(db: Transaction, booking_id: UUID, types: Sequence[str]) -> list[EarlyEvent]:
    """Removes and returns the events of these types that arrived before their booking: those of a
    producer in the order of their sequence.
    """
    rows = await db(_TAKE, booking_id=booking_id, types=types)
    return sorted((EarlyEvent(*row) for row in rows), key=_order)


def _order(early: EarlyEvent) -> tuple[str, int]:
    return BY_TYPE[early.type].PRODUCER, early.sequence
