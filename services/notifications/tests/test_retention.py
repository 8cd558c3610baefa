"""Old data is deleted; recent data stays."""

from __future__ import annotations

import pytest

from services.notifications.tests.conftest import Notifications

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


@pytest.mark.parametrize("table", OLD_AND_YOUNG)
async def test_old_rows_go_and_young_ones_stay(notifications: Notifications, table: str) -> None:
    rows = " from generate_series(1, 5) n, (values (0), (1)) a (age)"
    await notifications.sql(OLD_AND_YOUNG[table] + rows)
    await notifications.prune()
    (left,) = await notifications.sql(f"select count(*) from {table}")
    assert left["count"] == 5
