"""Receipts are numbered per seller, without gaps, in the order of capture; and when a payout
account
was last looked at is known, so that none starves behind the others.
"""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = (
    "alter table payments add column receipt_number integer check (receipt_number > 0)",
    """
    create table receipt_counters (
        consultant_id uuid primary key,
        last_number integer not null check (last_number > 0)
    )
    """,
    """
    update payments as p set receipt_number = n.number
    from (select booking_id, row_number() over (partition by consultant_id order by captured_at,
        id) as number
          from payments where captured_at is not null) as n
    where n.booking_id = p.booking_id
    """,
    """
    insert into receipt_counters
    select consultant_id, max(receipt_number) from payments where receipt_number is not null group
        by consultant_id
    """,
    "create unique index uq_payments_receipt_number on payments (consultant_id, receipt_number)"
    " where receipt_number is not null",
    "create index ix_payments_debts on payments (seeker_id) where status = 'failed' and due = "
    "'capture'",
    "alter table payout_accounts add column checked_at timestamptz",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("alter table payout_accounts drop column checked_at")
    op.execute("drop index ix_payments_debts")
    op.execute("alter table payments drop column receipt_number")
    op.execute("drop table receipt_counters")
