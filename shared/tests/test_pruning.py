"""Old rows are deleted in batches, and recent ones stay."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from shared import pruning
from shared.db import Database
from shared.idempotency import idempotency_keys, prune_idempotency_keys
from shared.inbox import inbox, prune_inbox
from shared.testing import Infrastructure


async def test_inbox_is_pruned_batch_by_batch(
    booking: Database, infrastructure: Infrastructure
) -> None:
    admin = await asyncpg.connect(infrastructure.admin_url)
    await admin.execute("""
        insert into booking.inbox (event_id, reaction, handled_at)
        select gen_random_uuid(), 'on_something', now() - make_interval(days => n)
        from generate_series(1, 100) n
    """)
    await admin.close()
    kept = timedelta(days=30, hours=12)
    more = [
        await pruning.prune(booking, inbox, inbox.c.handled_at, kept, batch=30) for _ in range(3)
    ]
    assert more == [True, True, False]
    assert await booking.reader.value("select count(*) from inbox") == 30
    assert await prune_inbox(booking) is False


async def test_keys_of_yesterday_go_and_those_of_today_stay(
    booking: Database, infrastructure: Infrastructure
) -> None:
    admin = await asyncpg.connect(infrastructure.admin_url)
    await admin.execute("""
        insert into booking.idempotency_keys (user_id, key, fingerprint, created_at)
        select gen_random_uuid(), 'key', '', now() - make_interval(hours => n)
        from unnest(array[1, 23, 25, 48]) n
    """)
    await admin.close()
    assert await prune_idempotency_keys(booking) is False
    assert await booking.reader.value("select count(*) from idempotency_keys") == 2


@pytest.mark.parametrize(
    ("table", "column"), [(inbox, "handled_at"), (idempotency_keys, "created_at")]
)
async def test_what_is_pruned_is_found_along_an_index(
    table: object, column: str, infrastructure: Infrastructure
) -> None:
    admin = await asyncpg.connect(infrastructure.admin_url)
    await admin.execute("set enable_seqscan = off")
    plan = await admin.fetch(
        f"explain select 1 from booking.{table} where {column} < now() order by {column} limit 9"
    )
    await admin.close()
    assert any(f"ix_{table}_{column}" in row[0] for row in plan)
    assert not any("Sort" in row[0] for row in plan)
