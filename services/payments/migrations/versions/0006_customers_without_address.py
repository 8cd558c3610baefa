"""Customers that were made before their seeker's address was heard are found by an index."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute(
        "create index ix_customers_without_email on customers (created_at)"
        " where customer_id is not null and not params ? 'email'"
    )


def downgrade() -> None:
    op.execute("drop index ix_customers_without_email")
