"""What a capture has settled as, in the currency of our balance at Stripe; and the ledger's
account of
what Stripe converts.

Captures of before have settled in their own currency: in any other their transfers were refused.
"""

from alembic import op

revision = "0007"
down_revision = "0006"

KINDS = """'capture', 'commission', 'stripe_fee', 'transfer', 'refund', 'refund_failed', 'reversal',
    'commission_return', 'commission_restored', 'dispute', 'dispute_won', 'fee_returned'"""
EXCHANGE = "'exchange_sold', 'exchange_bought', 'return_sold', 'return_bought'"
ACCOUNTS = "'seeker', 'platform', 'consultant', 'stripe_fees', 'commission'"
STEPS = """'authorize', 'renew', 'abandon', 'capture', 'charge', 'release', 'transfer', 'refund',
    'reverse', 'detach'"""


def _check(table: str, column: str, values: str) -> None:
    name = f"{table}_{column}_check"
    op.execute(f"alter table {table} drop constraint {name}")
    op.execute(
        f"alter table {table} add constraint {name} check ({column} in ({values})) not valid"
    )
    op.execute(f"alter table {table} validate constraint {name}")


def upgrade() -> None:
    op.execute(
        "alter table payments add column settled_amount bigint, add column settled_currency text"
    )
    op.execute(
        "update payments set settled_amount = captured_amount, settled_currency = currency"
        " where captured_amount > 0"
    )
    _check("ledger_entries", "kind", f"{KINDS}, {EXCHANGE}")
    _check("ledger_entries", "account", f"{ACCOUNTS}, 'exchange'")
    _check("operations", "kind", f"{STEPS}, 'settle'")
    op.execute(
        "create index ix_payments_unsettled on payments (captured_at)"
        " where captured_amount > 0 and settled_amount is null"
    )
    op.execute("create index ix_ledger_entries_at on ledger_entries using brin (at)")
    op.execute(
        """
        create table other_transactions (
            transaction_id text primary key,
            type text not null,
            net bigint not null,
            currency text not null,
            at timestamptz not null
        )
        """
    )


def downgrade() -> None:
    op.execute("drop table other_transactions")
    op.execute("drop index ix_ledger_entries_at")
    op.execute("delete from operations where kind = 'settle'")
    _check("operations", "kind", STEPS)
    _check("ledger_entries", "account", ACCOUNTS)
    _check("ledger_entries", "kind", KINDS)
    op.execute("drop index ix_payments_unsettled")
    op.execute("alter table payments drop column settled_amount, drop column settled_currency")
