"""The language in which a user reads; null until they choose one."""

from alembic import op

revision = "notifications_0003"
down_revision = "notifications_0002"


def upgrade() -> None:
    op.execute("alter table users add column language text")


def downgrade() -> None:
    op.execute("alter table users drop column language")
