# ruff: noqa: S608 (columns and expressions of ours; values are bound)
"""Events that the broker has refused repeatedly and were set aside, as the dead-letter command
shows them: addressed as `SERVICE.outbox/ID`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterable
from typing import Any

import asyncpg
import typer

from shared.outbox import EVENT_COLUMNS
from shared.services import SERVICES

# The statements are composed of constants; operator input is bound as a parameter.
_COLUMNS = ", ".join((*EVENT_COLUMNS, "sequence"))
_ADDRESS = "current_schema() || '.outbox/' || event_id"
_CHOSEN = f"($1::text[] is null or event_id::text = any($1) or {_ADDRESS} = any($1))"
_LIST = f"select {_ADDRESS} as address, type, refused_at, reason from refused_events order by 1"  # nosec B608
_SHOW = f"select *, {_ADDRESS} as address from refused_events where {_CHOSEN}"  # nosec B608
# Keeps id and sequence: if newer events of its aggregate have been applied in the meantime,
# consumers recognise it as stale.
_REPLAY = f"""
    with again as (delete from refused_events where {_CHOSEN} returning *)
    insert into outbox ({_COLUMNS}) select {_COLUMNS} from again order by sequence
    returning {_ADDRESS} as address
"""  # nosec B608
_DROP = f"delete from refused_events where {_CHOSEN} returning {_ADDRESS} as address, body"  # nosec B608


async def show_list() -> int:
    """Prints one line per refused event and returns their number."""
    count = 0
    async for connection in _databases():
        for row in await connection.fetch(_LIST):
            count += 1
            typer.echo(f"{row['address']}  {row['refused_at']}  {row['type']}  {row['reason']}")
    typer.echo(f"{count} refused event{'' if count == 1 else 's'}")
    return count


async def show(address: str) -> bool:
    """Prints all details of the refused events with that address or id; False if there is none."""
    rows = await _run(_SHOW, [address])
    for row in rows:
        typer.echo(f"{row['address']}\ntype: {row['type']}\nreason: {row['reason']}")
        typer.echo(f"aggregate_id: {row['aggregate_id']}\nsequence: {row['sequence']}")
        typer.echo(row["body"].decode(errors="replace"))
    return bool(rows)


async def replay(addresses: Iterable[str] | None) -> int:
    """Puts the refused events with these addresses or ids (all, if None) back into the outbox and
    returns their number.
    """
    rows = await _run(_REPLAY, None if addresses is None else list(addresses))
    for row in rows:
        typer.echo(f"replayed {row['address']}")
    return len(rows)


async def drop(addresses: Iterable[str]) -> int:
    """Deletes and prints the refused events with these addresses or ids, and returns their
    number.
    """
    rows = await _run(_DROP, list(addresses))
    for row in rows:
        typer.echo(f"dropped {row['address']} {row['body'].decode(errors='replace')}")
    return len(rows)


async def _run(statement: str, addresses: list[str] | None) -> list[Any]:
    rows: list[Any] = []
    async for connection in _databases():
        rows += await connection.fetch(statement, addresses)
    return rows


async def _databases() -> AsyncIterator[asyncpg.Connection]:
    names = ["DATABASE_URL", *(f"{service.upper()}_DATABASE_URL" for service in SERVICES)]
    for url in dict.fromkeys(os.environ[name] for name in names if os.environ.get(name)):
        connection = await asyncpg.connect(url, timeout=5)
        try:
            yield connection
        finally:
            await connection.close()
