"""Payments for which something is overdue are found along indexes that hold few rows: without them
every round looked at all whose session is yet to come.

The next version may drop `ix_payments_live`, which nothing reads any more.
"""

from alembic import op

revision = "0012"
down_revision = "0011"

STATEMENTS = (
    # those that wait for a step
    "create index ix_payments_waiting on payments (updated_at)"
    " where status in ('authorizing', 'authorized', 'failed')"
    " and (due is not null or status = 'authorizing')",
    # those that wait for booking's decision
    "create index ix_payments_undecided on payments (scheduled_end)"
    " where status in ('authorizing', 'authorized', 'failed') and due is null",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop index ix_payments_waiting, ix_payments_undecided")
