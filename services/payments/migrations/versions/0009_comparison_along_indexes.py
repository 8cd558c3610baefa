"""What the comparison with Stripe and the look at payout accounts read is found along an index, and
what the ledger came to until some day is kept.

Steps that a version before 0008 planned have their context in `trail`: it is copied, and that
column is not read any more. The next version may drop it, and the view `people`.
"""

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS = (
    "create index ix_payments_updated_at on payments (updated_at, booking_id)",
    "create index ix_stripe_events_failed on stripe_events (event_id) where state = 'failed'",
    "create index ix_payout_accounts_checked_at on payout_accounts (checked_at nulls first)"
    " where account_id is not null",
    "create index ix_payout_accounts_without_email on payout_accounts (created_at)"
    " where account_id is not null and params ->> 'email' is null",
    """
    create table ledger_checkpoints (
        up_to timestamptz not null,
        currency text not null,
        amount bigint not null,
        primary key (up_to, currency)
    )
    """,
    """
    update operations set request_context = trail
    where request_context is null and trail is not null
      and state in ('due', 'running', 'waiting')
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table ledger_checkpoints")
    op.execute("drop index ix_payout_accounts_without_email")
    op.execute("drop index ix_payout_accounts_checked_at")
    op.execute("drop index ix_stripe_events_failed")
    op.execute("drop index ix_payments_updated_at")
