"""Old rows are deleted in batches, and recent ones stay."""

from __future__ import annotations

from datetime import timedelta

import asyncpg

from shared import idempotency
from shared.db import Database
from shared.inbox import RETENTION, inbox
from shared.pruning import Retention, prune
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
    kept = Retention(inbox, inbox.c.handled_at, timedelta(days=30, hours=12))
    more = [await prune(booking, kept, batch=30) for _ in range(3)]
    assert more == [True, True, False]
    assert await booking.reader.value("select count(*) from inbox") == 30
    assert await prune(booking, RETENTION) is False


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
    assert await prune(booking, idempotency.RETENTION) is False
    assert await booking.reader.value("select count(*) from idempotency_keys") == 2
