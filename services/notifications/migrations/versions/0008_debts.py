"""Which event has last said whether the seeker of a booking owes something, and the sequences of
events that arrived before their booking.
"""

from alembic import op

revision = "notifications_0008"
down_revision = "notifications_0007"


def upgrade() -> None:
    op.execute("alter table bookings add column debt_sequence bigint")
    # 0, as of an event without a number: the rows of the version before do not say theirs.
    op.execute("alter table early_events add column sequence bigint not null default 0")


def downgrade() -> None:
    op.execute("alter table early_events drop column sequence")
    op.execute("alter table bookings drop column debt_sequence")
