"""How often one may try a password. Counted in the database, so that it is right with any number of
replicas, and before bcrypt.
"""

import hashlib
import math
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.identity.fields import email_key
from services.identity.tables import LoginAttempts
from shared.clock import now
from shared.db import Database
from shared.problems import RateLimited

WINDOW = timedelta(minutes=1)
# Offices, schools and whole mobile networks share one address; guessing at ten accounts at once is
# still of no use.
ADDRESS_FACTOR = 10

_over = LoginAttempts.started_at <= bindparam("opened_before", type_=LoginAttempts.started_at.type)
_insert = insert(LoginAttempts)
_count = _insert.on_conflict_do_update(
    index_elements=[LoginAttempts.key],
    set_={
        "attempts": case((_over, 1), else_=LoginAttempts.attempts + 1),
        "started_at": case((_over, _insert.excluded.started_at), else_=LoginAttempts.started_at),
    },
).returning(LoginAttempts.key, LoginAttempts.attempts, LoginAttempts.started_at)


def account_key(email: str) -> bytes:
    """The counter of one account, whether it exists or not."""
    return hashlib.sha256(b"account\0" + email_key(email).encode()).digest()


def _address_key(address: str) -> bytes:
    return hashlib.sha256(b"address\0" + address.encode()).digest()


async def count_attempt(database: Database, *, email: str, address: str | None, limit: int) -> None:
    """Counts one attempt for the account and, where it is known, for the address it comes from;
    each minute begins with its first attempt. Committed at once, for a refused attempt counts as
    well. Raises RateLimited from the attempt after `limit` on (for an address ten times as many).
    """
    limits = {account_key(email): limit}
    if address is not None:
        limits[_address_key(address)] = limit * ADDRESS_FACTOR
    at = now()
    values = [{"key": key, "started_at": at, "attempts": 1} for key in limits]
    async with database.transaction() as db:
        rows = (await db.execute(_count.values(values), {"opened_before": at - WINDOW})).all()
    waits = [(row.started_at, limits[row.key]) for row in rows if row.attempts > limits[row.key]]
    if waits:
        raise _refusal(at, *max(waits))


def _refusal(at: datetime, started_at: datetime, limit: int) -> RateLimited:
    seconds = max(1, math.ceil((started_at + WINDOW - at).total_seconds()))
    return RateLimited(
        f"Too many attempts to sign in. Try again in {seconds} seconds.",
        headers={
            "Retry-After": str(seconds),
            "RateLimit-Policy": f'"login";q={limit};w={int(WINDOW.total_seconds())}',
            "RateLimit": f'"login";r=0;t={seconds}',
        },
    )


async def forgive(db: AsyncConnection, email: str) -> None:
    """Who has proved to know the password starts anew; the address does not, or an attacker would
    sign in to reset it.
    """
    await db.execute(delete(LoginAttempts).where(LoginAttempts.key == account_key(email)))


async def forget_attempts(database: Database) -> bool:
    """Job: drops counters whose minute is over; whether there are more."""
    old = select(LoginAttempts.key).where(LoginAttempts.started_at <= now() - WINDOW).limit(1000)
    claimed = old.with_for_update(skip_locked=True).scalar_subquery()
    async with database.transaction() as db:
        result = await db.execute(delete(LoginAttempts).where(LoginAttempts.key.in_(claimed)))
    return result.rowcount == 1000
