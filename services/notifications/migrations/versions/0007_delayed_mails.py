"""What decides whether a delayed mail is still to be sent: since when a booking has its status, the
newest event about a proposal, and which times of a consultant are taken.
"""

from alembic import op

revision = "notifications_0007"
down_revision = "notifications_0006"


def upgrade() -> None:
    op.execute("alter table bookings add column status_at timestamptz")
    op.execute("alter table bookings add column proposal_sequence bigint")
    op.execute(
        "create index ix_bookings_consultant on bookings (consultant_id, scheduled_start) where"
        " status in ('requested', 'accepted', 'payment_failed', 'confirmed', 'in_progress')"
    )


def downgrade() -> None:
    op.execute("drop index ix_bookings_consultant")
    op.execute("alter table bookings drop column proposal_sequence")
    op.execute("alter table bookings drop column status_at")
