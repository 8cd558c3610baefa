"""An index over sessions that could be running, for the sweep that gives up absent parties."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute(
        "create index ix_bookings_sessions on bookings (scheduled_start)"
        " where status in ('confirmed', 'in_progress')"
    )


def downgrade() -> None:
    op.execute("drop index ix_bookings_sessions")
