"""Whether the payment of a booking was captured or released, so that no debt is left."""

from alembic import op

revision = "notifications_0006"
down_revision = "notifications_0005"


def upgrade() -> None:
    op.execute("alter table bookings add column owes_nothing boolean not null default false")


def downgrade() -> None:
    op.execute("alter table bookings drop column owes_nothing")
