"""How much of a charge a dispute is about, where the bank disputes in another currency.

Versions before this one do not write the column: null means that it is `amount`.
"""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("alter table disputes add column charge_amount bigint")


def downgrade() -> None:
    op.execute("alter table disputes drop column charge_amount")
