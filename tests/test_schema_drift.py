"""The tables declared in `tables.py` match those created by the migrations, in every schema."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table
from sqlalchemy.ext.asyncio import create_async_engine

import shared.publisher  # noqa: F401 (its table is in the outbox's METADATA)
from shared.idempotency import idempotency_keys
from shared.inbox import inbox
from shared.leases import leases
from shared.outbox import METADATA as OUTBOX
from shared.services import SERVICES
from shared.testing import Infrastructure

# Columns that this version no longer uses, kept for the previous version until the next release
# drops them (decision 0011): (service, table, column).
RETIRED: set[tuple[str, str, str]] = {("booking", "free_time_feed", "version")}
# Written by alembic and triggers only.
UNNAMED = {"alembic_version", "alembic_version_shared", "aggregate_sequences"}


def tables_of(service: str) -> MetaData:
    """All tables that the service's code declares, in its own schema."""
    module = importlib.import_module(f"services.{service}.tables")
    own = [value for value in vars(module).values() if isinstance(value, Table)]
    whole = MetaData(schema=service)
    tables = [
        *own,
        *OUTBOX.tables.values(),
        inbox,
        idempotency_keys,
        leases,
    ]
    for table in tables:
        if f"{service}.{table.name}" not in whole.tables:
            table.to_metadata(whole, schema=service)
    return whole


@pytest.mark.parametrize("service", SERVICES)
async def test_tables_agree_with_the_migrations(
    service: str, infrastructure: Infrastructure
) -> None:
    url = infrastructure.admin_url.replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        differences = await connection.run_sync(compared, service)
    await engine.dispose()
    assert differences == []


def compared(connection: Connection, service: str) -> list[Any]:
    """Every table, column, type and nullability on which the two disagree."""

    def is_compared(_object: Any, name: str | None, kind: str, _reflected: bool, _: Any) -> bool:
        return kind in ("table", "column") and name not in UNNAMED

    context = MigrationContext.configure(
        connection,
        opts={
            "include_schemas": True,
            "include_name": lambda name, kind, _: kind != "schema" or name == service,
            "include_object": is_compared,
            "compare_type": is_another_type,
            "compare_server_default": False,
        },
    )
    found: list[Any] = []
    for difference in compare_metadata(context, tables_of(service)):
        for one in difference if isinstance(difference, list) else [difference]:
            if one[0] == "remove_column" and (service, one[2], one[3].name) in RETIRED:
                continue
            found.append(one)
    return found


def is_another_type(_: Any, _found: Any, _declared: Any, found: Any, declared: Any) -> bool:
    """Text is declared as String; the migrations define its maximum length."""
    return found.python_type is not declared.python_type or (
        getattr(found, "timezone", None) != getattr(declared, "timezone", None)
    )
