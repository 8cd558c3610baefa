"""What a refund took of the consultant's share is kept with it: after a reversal by hand it may be less than its proportion."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("alter table refunds add column share bigint not null default 0 check (share >= 0)")
    op.execute("update refunds set share = amount - commission_amount where state = 'succeeded'")


def downgrade() -> None:
    op.execute("alter table refunds drop column share")
