"""What was taken for a booking and has not gone back, as payments tells it. Null where it was told
before: then it follows from how the booking ended.
"""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("alter table bookings add column charged_amount bigint")


def downgrade() -> None:
    op.execute("alter table bookings drop column charged_amount")
