"""Which of a booking's times are the newest is known: a change of time may be heard late."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("alter table payments add column calendar_sequence integer not null default 0")


def downgrade() -> None:
    op.execute("alter table payments drop column calendar_sequence")
