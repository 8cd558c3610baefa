"""Up to which message of a booking each party has read."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from services.notifications.tables import message_reads
from shared.db import Query, Transaction

_read = insert(message_reads).values(
    {column.name: bindparam(column.name, type_=column.type) for column in message_reads.c}
)
_SAVE = Query(
    _read.on_conflict_do_update(
        index_elements=[message_reads.c.booking_id, message_reads.c.reader_id],
        set_={"up_to": func.greatest(message_reads.c.up_to, _read.excluded.up_to)},
    )
)
_GET = Query(
    select(message_reads.c.up_to).where(
        message_reads.c.booking_id == bindparam("booking_id", type_=Uuid),
        message_reads.c.reader_id == bindparam("reader_id", type_=Uuid),
    )
)


async def save(db: Transaction, booking_id: UUID, reader_id: UUID, up_to: UUID) -> None:
    """Records up to which message a user has read; message ids increase with time."""
    await db(_SAVE, booking_id=booking_id, reader_id=reader_id, up_to=up_to)


async def get(db: Transaction, booking_id: UUID, reader_id: UUID) -> UUID | None:
    """The last message that a user has read."""
    rows = await db(_GET, booking_id=booking_id, reader_id=reader_id)
    return rows[0]["up_to"] if rows else None
