"""The language in which a user reads their calendar; null until they choose one."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute("alter table users add column language text")


def downgrade() -> None:
    op.execute("alter table users drop column language")
