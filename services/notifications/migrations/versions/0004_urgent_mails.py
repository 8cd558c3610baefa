"""Finds the due mails of some kinds, however many others are due."""

from alembic import op

revision = "notifications_0004"
down_revision = "notifications_0003"


def upgrade() -> None:
    op.execute("create index ix_mails_kind_due on mails (kind, due_at) where state = 'due'")


def downgrade() -> None:
    op.execute("drop index ix_mails_kind_due")
