"""Gauges of mails."""

from __future__ import annotations

import math

from services.notifications.jobs import collect_mails
from services.notifications.tests.conftest import Notifications
from shared.metrics import clear_database_gauges
from shared.testing import metric


async def test_a_replica_that_counts_no_longer_exports_no_mails(
    notifications: Notifications,
) -> None:
    await notifications.sql("""
        insert into mails (id, user_id, kind, fact, context, state, due_at, give_up_at, attempts,
            created_at)
        values (gen_random_uuid(), gen_random_uuid(), 'reminder', 'f', '{}', 'due',
            now() - interval '1 hour', now(), 0, now())
    """)
    await collect_mails(notifications.database)
    assert metric("mails_waiting") == 1
    assert 3600 <= metric("mails_oldest_seconds") < 3700
    clear_database_gauges()
    assert math.isnan(metric("mails_waiting"))
    assert math.isnan(metric("mails_oldest_seconds"))
