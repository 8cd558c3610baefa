"""Whether a consultant's payout account can receive money: together with a verified address this is
shown as a "verified" mark.

False until payments' next event about the account; `python -m
services.payments.announce_payout_accounts` publishes that event for all accounts.
"""

from alembic import op

revision = "directory_0006"
down_revision = "directory_0005"


def upgrade() -> None:
    op.execute("""
        alter table consultant_profiles
            add column payouts_active boolean not null default false,
            add column last_payout_account_sequence bigint
    """)


def downgrade() -> None:
    op.execute("""
        alter table consultant_profiles
            drop column payouts_active, drop column last_payout_account_sequence
    """)
