"""Consultants' other calendars, the times that they keep busy, and the bookings that they meet."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("""
        create table busy_calendars (
            id uuid primary key,
            consultant_id uuid not null,
            name text not null check (length(name) between 1 and 100),
            host text not null,
            address_encrypted bytea not null,
            created_at timestamptz not null,
            next_read_at timestamptz not null,
            last_read_at timestamptz,
            last_error text,
            failing_since timestamptz,
            failure_reported_at timestamptz,
            busy_until timestamptz,
            constraint ck_busy_calendars_failing
                check ((last_error is null) = (failing_since is null))
        )
    """)
    op.execute("create index ix_busy_calendars_consultant on busy_calendars (consultant_id, id)")
    op.execute("create index ix_busy_calendars_next_read on busy_calendars (next_read_at)")
    op.execute("""
        create table busy_times (
            calendar_id uuid not null references busy_calendars (id) on delete cascade,
            start_time timestamptz not null,
            end_time timestamptz not null,
            consultant_id uuid not null,
            primary key (calendar_id, start_time, end_time),
            constraint ck_busy_times_order check (start_time < end_time)
        )
    """)
    op.execute(
        "create index ix_busy_times_consultant on busy_times"
        " using gist (consultant_id, tstzrange(start_time, end_time))"
    )
    # Which bookings the consultant was warned of: once for each time that a booking has had.
    op.execute("""
        create table busy_conflicts (
            calendar_id uuid not null references busy_calendars (id) on delete cascade,
            booking_id uuid not null,
            scheduled_start timestamptz not null,
            scheduled_end timestamptz not null,
            primary key (calendar_id, booking_id, scheduled_start)
        )
    """)
    op.execute("create index ix_busy_conflicts_end on busy_conflicts (scheduled_end)")
    # The zone of whole days for a consultant without rules.
    op.execute("alter table users add column time_zone text not null default 'UTC'")


def downgrade() -> None:
    op.execute("alter table users drop column time_zone")
    op.execute("drop table busy_conflicts, busy_times, busy_calendars")
