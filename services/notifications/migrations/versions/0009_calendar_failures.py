"""Which failures of busy calendars are over."""

from alembic import op

revision = "notifications_0009"
down_revision = "notifications_0008"


def upgrade() -> None:
    op.execute("""
        create table ended_calendar_failures (
            calendar_id uuid primary key,
            sequence bigint not null,
            ended_at timestamptz not null
        )
    """)
    op.execute(
        "create index ix_ended_calendar_failures_ended_at on ended_calendar_failures (ended_at)"
    )


def downgrade() -> None:
    op.execute("drop table ended_calendar_failures")
