"""How often one may try. Counted in the database, so that it is right with any number of replicas,
and before bcrypt, so that who tries too often costs nothing.
"""

import hashlib
import ipaddress
import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, case, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.identity.tables import login_attempts
from shared.clock import now
from shared.db import Database
from shared.problems import RateLimited
from shared.text import email_key

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
LONGEST = HOUR
# Offices, schools and whole mobile networks share one address; guessing at ten accounts at once is
# still of no use.
ADDRESS_FACTOR = 10
# Of one account, whoever tries from wherever: more than one address may try, or a stranger with
# eleven wrong passwords would lock its owner out.
ACCOUNT_FACTOR = 10
# Whole classes and teams open their accounts together; what it protects has a queue of its own.
REGISTRATION_FACTOR = 30
# An IPv6 customer has at least this much: to count single addresses would count nothing.
IPV6_PREFIX = 64

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


def _key(kind: str, *parts: str) -> bytes:
    return hashlib.sha256("\0".join((kind, *parts)).encode()).digest()


def network_of(address: str) -> str:
    """What counts as one caller: an IPv4 address, or an IPv6 network of 64 bits."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False))


async def count_sign_in(database: Database, *, email: str, address: str | None, limit: int) -> None:
    """Counts an attempt to prove a password: for the account from that address, for the account
    from anywhere, and for the address. Raises RateLimited.
    """
    network = network_of(address) if address is not None else ""
    limits = {
        _key("account", email_key(email), network): limit,
        _key("account anywhere", email_key(email)): limit * ACCOUNT_FACTOR,
    }
    if address is not None:
        limits[_key("address", network)] = limit * ADDRESS_FACTOR
    await _count_all(database, limits, MINUTE, "sign in")


async def count_registration(database: Database, *, address: str | None, limit: int) -> None:
    """Counts an attempt to open an account, before anything expensive is done. Raises
    RateLimited.
    """
    if address is not None:
        key = _key("registration", network_of(address))
        limits = {key: limit * REGISTRATION_FACTOR}
        await _count_all(database, limits, MINUTE, "open an account")


async def count_reset(database: Database, *, address: str | None, limit: int) -> None:
    """Counts a request for a password reset from that address. Raises RateLimited."""
    if address is not None:
        key = _key("reset", network_of(address))
        await _count_all(database, {key: limit * ADDRESS_FACTOR}, MINUTE, "reset a password")


async def count_mail(database: Database, user_id: UUID, kind: str, limit: int) -> None:
    """Counts a mail that a user has sent to themselves; at most `limit` an hour. Raises
    RateLimited.
    """
    await _count_all(database, {_key(kind, str(user_id)): limit}, HOUR, "send this mail")


async def _count_all(
    database: Database, limits: Mapping[bytes, int], window: timedelta, what: str
) -> None:
    """Counts one attempt for each key; a window begins with its first attempt. Committed at once,
    for a refused attempt counts as well.
    """
    at = now()
    # In one order, or two requests with the same keys could wait for each other.
    values = [{"key": key, "started_at": at, "attempts": 1} for key in sorted(limits)]
    async with database.transaction() as db:
        rows = (await db.execute(_count.values(values), {"opened_before": at - window})).all()
    waits = [(row.started_at, limits[row.key]) for row in rows if row.attempts > limits[row.key]]
    if waits:
        started_at, limit = max(waits)
        raise _refusal(at, started_at + window, limit, window, what)


def _refusal(
    at: datetime, ends_at: datetime, limit: int, window: timedelta, what: str
) -> RateLimited:
    seconds = max(1, math.ceil((ends_at - at).total_seconds()))
    return RateLimited(
        f"Too many attempts to {what}. Try again in {seconds} seconds.",
        headers={
            "Retry-After": str(seconds),
            "RateLimit-Policy": f'"login";q={limit};w={int(window.total_seconds())}',
            "RateLimit": f'"login";r=0;t={seconds}',
        },
    )


async def reset_attempts(db: AsyncConnection, email: str, address: str | None) -> None:
    """Who has proved to know the password starts anew; the address does not, or an attacker would
    sign in to reset it.
    """
    network = network_of(address) if address is not None else ""
    proven = (
        _key("account", email_key(email), network),
        _key("account anywhere", email_key(email)),
    )
    await db.execute(delete(login_attempts).where(login_attempts.c.key.in_(proven)))


async def purge_attempts(database: Database) -> bool:
    """Job: drops counters whose window is over; whether there are more."""
    old = (
        select(login_attempts.c.key)
        .where(login_attempts.c.started_at <= now() - LONGEST)
        .limit(1000)
    )
    claimed = old.with_for_update(skip_locked=True).scalar_subquery()
    async with database.transaction() as db:
        result = await db.execute(delete(login_attempts).where(login_attempts.c.key.in_(claimed)))
    return result.rowcount == 1000
