"""The language in which a user reads; null until they choose one."""

from alembic import op

revision = "identity_0004"
down_revision = "identity_0003"


def upgrade() -> None:
    op.execute("alter table users add column language text")
