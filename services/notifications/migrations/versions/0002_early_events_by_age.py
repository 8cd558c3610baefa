"""An index for deleting old early events."""

from alembic import op

revision = "notifications_0002"
down_revision = "notifications_0001"


def upgrade() -> None:
    op.execute("create index ix_early_events_created_at on early_events (created_at)")


def downgrade() -> None:
    op.execute("drop index ix_early_events_created_at")
