"""The projections are called as in every service: `users`, and `consultant_prices`.

Views keep the former names for the version before, whose statements work through them.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

RENAMED = (("parties", "users"), ("terms", "consultant_prices"))


def upgrade() -> None:
    for former, name in RENAMED:
        op.execute(f"alter table {former} rename to {name}")
        op.execute(f"create view {former} as select * from {name}")  # noqa: S608


def downgrade() -> None:
    for former, name in RENAMED:
        op.execute(f"drop view {former}")
        op.execute(f"alter table {name} rename to {former}")
