"""The status of a booking is no longer stored with its payment: nothing but the text of one report
used it, at the price of two events per booking.

The next version drops `payments.booking_status`, which this one neither reads nor writes.
"""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("alter table payments alter column booking_status drop not null")


def downgrade() -> None:
    op.execute("update payments set booking_status = 'accepted' where booking_status is null")
    op.execute("alter table payments alter column booking_status set not null")
