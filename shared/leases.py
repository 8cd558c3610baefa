"""Leases for work that one replica is enough for: the holder does it, the others check
again later.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Column, DateTime, MetaData, String, Table, Uuid, bindparam, func, or_
from sqlalchemy.dialects.postgresql import INTERVAL, insert

from shared.db import Executor, Query

leases = Table(
    "leases",
    MetaData(),
    Column("name", String, primary_key=True),
    Column("holder", Uuid, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

_insert = insert(leases).values(
    name=bindparam("name"),
    holder=bindparam("holder"),
    expires_at=func.now() + bindparam("lasts", type_=INTERVAL),
)
# By the database's clock, which all replicas share.
_ACQUIRE = Query(
    _insert.on_conflict_do_update(
        index_elements=["name"],
        set_={"holder": _insert.excluded.holder, "expires_at": _insert.excluded.expires_at},
        where=or_(leases.c.holder == _insert.excluded.holder, leases.c.expires_at < func.now()),
    ).returning(leases.c.holder)
)


async def acquire(run: Executor, name: str, holder: UUID, lasts: timedelta) -> bool:
    """Acquires or renews the lease `name` for `holder`; False while another holds it."""
    return bool(await run(_ACQUIRE, name=name, holder=holder, lasts=lasts))
