"""Old rows are deleted in batches; rows that are still needed are kept."""

from __future__ import annotations

from services.booking.store.retention import RETENTIONS
from services.booking.tests.conftest import Market
from shared.pruning import prune

SLOTS, TIMES, CONFLICTS = RETENTIONS


async def test_slots_go_three_months_after_they_have_passed(market: Market) -> None:
    await market.harness.sql(
        """
        insert into availability_slots
            (id, consultant_id, start_time, end_time, is_booked, created_at, updated_at, from_rules)
        select gen_random_uuid(), $1, t.s, t.s + interval '1 hour', n % 2 = 0, t.s, t.s, false
        from generate_series(76, 105) n, lateral (select now() - make_interval(days => n) as s) t
        """,
        market.consultant.id,
    )
    runs = [await prune(market.harness.database, SLOTS, batch=10) for _ in range(2)]
    assert runs == [True, False]
    [row] = await market.harness.sql("select count(*) from availability_slots")
    assert row["count"] == 15


async def test_past_data_is_deleted(market: Market) -> None:
    await market.harness.sql("""
        insert into withdrawn_times (consultant_id, start_time, end_time)
        select gen_random_uuid(), at - interval '1 hour', at
        from generate_series(now() - interval '3 days', now() + interval '3 days', '1 day') at
    """)
    await market.harness.sql("""
        insert into busy_calendars
            (id, consultant_id, name, host, address_encrypted, created_at, next_read_at)
        values (gen_random_uuid(), gen_random_uuid(), 'A', 'b', 'c', now(), now());
    """)
    await market.harness.sql("""
        insert into busy_conflicts (calendar_id, booking_id, scheduled_start, scheduled_end)
        select c.id, gen_random_uuid(), at - interval '1 hour', at from busy_calendars c,
            generate_series(now() - interval '3 days', now() + interval '3 days', '1 day') at
    """)
    for retention, table in ((TIMES, "withdrawn_times"), (CONFLICTS, "busy_conflicts")):
        assert await prune(market.harness.database, retention) is False
        [row] = await market.harness.sql(f"select count(*) from {table}")
        assert row["count"] in (4, 5)
