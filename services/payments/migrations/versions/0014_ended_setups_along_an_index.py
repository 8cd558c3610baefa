"""SetupIntents that have ended are deleted after 60 days, and found along an index.

Drops what the versions before no longer read: `payments.booking_status` and `ix_payments_live`.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
# Code older than 0013 still writes `booking_status`.
usable_from = "0013"


def upgrade() -> None:
    op.execute(
        "create index ix_setup_intents_done on setup_intents (check_at) where state = 'done'"
    )
    op.execute("drop index ix_payments_live")
    op.execute("alter table payments drop column booking_status")


def downgrade() -> None:
    op.execute("alter table payments add column booking_status text")
    op.execute(
        "create index ix_payments_live on payments (capture_before)"
        " where status in ('authorizing', 'authorized', 'failed')"
    )
    op.execute("drop index ix_setup_intents_done")
