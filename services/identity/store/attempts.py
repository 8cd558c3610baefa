"""Counters of attempts. Their keys are hashes, so that they reveal no personal data."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, delete, select
from sqlalchemy.dialects.postgresql import insert

from services.identity.domain.model import AttemptCount
from services.identity.tables import login_attempts
from shared.db import Transaction

_insert = insert(login_attempts)
_over = login_attempts.c.started_at <= bindparam(
    "opened_before", type_=login_attempts.c.started_at.type
)
_count = _insert.on_conflict_do_update(
    index_elements=[login_attempts.c.key],
    set_={
        "attempts": case((_over, 1), else_=login_attempts.c.attempts + 1),
        "started_at": case((_over, _insert.excluded.started_at), else_=login_attempts.c.started_at),
    },
).returning(login_attempts.c.key, login_attempts.c.attempts, login_attempts.c.started_at)


async def count_attempt(
    db: Transaction, keys: Collection[bytes], at: datetime, window: timedelta
) -> list[AttemptCount]:
    """Counts one attempt for each key. A window begins with its first attempt and starts over once
    it has passed. Returns the count of each.
    """
    # In a fixed order, so that two requests with the same keys cannot deadlock.
    values = [{"key": key, "started_at": at, "attempts": 1} for key in sorted(keys)]
    rows = (await db.execute(_count.values(values), {"opened_before": at - window})).all()
    return [AttemptCount(*row) for row in rows]


async def delete_attempts(db: Transaction, keys: Collection[bytes]) -> None:
    """Deletes the counters of these keys, locked in the order in which they are counted."""
    theirs = login_attempts.c.key.in_(keys)
    lock = select(login_attempts.c.key).where(theirs).order_by(login_attempts.c.key)
    await db.execute(lock.with_for_update())
    await db.execute(delete(login_attempts).where(theirs))
