"""What was taken back of a payout in Stripe's Dashboard, beside what refunds and disputes took."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute(
        "alter table payouts"
        " add column recalled_amount bigint not null default 0 check (recalled_amount between 0 "
        "and amount)"
    )


def downgrade() -> None:
    op.execute("alter table payouts drop column recalled_amount")
