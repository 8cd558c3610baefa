"""Entries of a timeline about the payment are in the order of its events, in which they need not
arrive. Null in earlier ones, which are in the order of arrival.
"""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute("alter table timeline add column sequence bigint")


def downgrade() -> None:
    op.execute("alter table timeline drop column sequence")
