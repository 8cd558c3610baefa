"""Old data is deleted in batches along indexes; recent data stays."""

from __future__ import annotations

import asyncpg
import pytest

from services.notifications import jobs
from services.notifications.tests.conftest import Notifications
from shared import pruning
from shared.testing import Infrastructure

OLD_AND_YOUNG = {
    "ended_sessions": """
        insert into ended_sessions (id, user_id, ended_at)
        select gen_random_uuid(), gen_random_uuid(), now() - age * interval '2 days'""",
    "early_events": """
        insert into early_events (event_id, booking_id, type, body, created_at)
        select gen_random_uuid(), gen_random_uuid(), 't', '{}', now() - age * interval '31 days'""",
    "mails": """
        insert into mails (id, user_id, kind, fact, context, state, due_at, give_up_at, attempts,
            created_at, ended_at)
        select gen_random_uuid(), gen_random_uuid(), 'reminder', 'f' || n, '{}', 'sent', now(),
            now(), 1, now(), now() - age * interval '91 days'""",
    "notifications": """
        insert into notifications (id, user_id, type, title, body, link, at)
        select gen_random_uuid(), gen_random_uuid(), 't', 't', 'b', '/',
            now() - age * interval '366 days'""",
}
INDEXES = {
    "ended_sessions": ("ended_at", "ix_ended_sessions_ended_at"),
    "early_events": ("created_at", "ix_early_events_created_at"),
    "mails": ("ended_at", "ix_mails_ended_at"),
    "notifications": ("at", "ix_notifications_at"),
}


@pytest.mark.parametrize("table", OLD_AND_YOUNG)
async def test_old_rows_go_batch_by_batch_and_young_ones_stay(
    notifications: Notifications, table: str
) -> None:
    rows = " from generate_series(1, 5) n, (values (0), (1)) a (age)"
    await notifications.sql(OLD_AND_YOUNG[table] + rows)
    assert await jobs.purge_outdated_data(notifications.database) is False
    (left,) = await notifications.sql(f"select count(*) from {table}")
    assert left["count"] == 5


@pytest.mark.parametrize("table", INDEXES)
async def test_what_is_too_old_is_found_along_an_index(
    infrastructure: Infrastructure, table: str
) -> None:
    column, index = INDEXES[table]
    admin = await asyncpg.connect(infrastructure.admin_url)
    await admin.execute("set enable_seqscan = off; set enable_bitmapscan = off")
    ended = "and state <> 'due'" if table == "mails" else ""
    plan = await admin.fetch(
        f"explain select 1 from notifications.{table} where {column} < now() {ended}"
        f" order by {column} limit {pruning.BATCH}"
    )
    await admin.close()
    assert any(index in row[0] for row in plan)
    assert not any("Sort" in row[0] for row in plan)
