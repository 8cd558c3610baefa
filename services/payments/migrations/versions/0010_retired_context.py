"""Drops what 0008 and 0009 kept for the versions before them: the column `trail`, which 0009 copied
to `request_context`, and the view `people`, the former name of `users`.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
# Code older than 0009 still reads `trail`.
usable_from = "0009"


def upgrade() -> None:
    op.execute("drop view people")
    op.execute("alter table operations drop column trail")


def downgrade() -> None:
    op.execute("alter table operations add column trail jsonb")
    op.execute("create view people as select * from users")
