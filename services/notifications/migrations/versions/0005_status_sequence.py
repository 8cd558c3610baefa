"""The status of a booking has a sequence of its own, because not every event carries it."""

from alembic import op

revision = "notifications_0005"
down_revision = "notifications_0004"


def upgrade() -> None:
    op.execute("alter table bookings add column status_sequence bigint")
    # At most what it was: an older event that is still on its way does not undo a newer status.
    op.execute("update bookings set status_sequence = last_sequence")


def downgrade() -> None:
    op.execute("alter table bookings drop column status_sequence")
