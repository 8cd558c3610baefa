"""Which free slots are not offered. A slot counts as free since it was last offered again: when it
had been hidden by another booking, its day's limit or the rules, nobody on the waitlist heard of it
before.
"""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute("alter table availability_slots add is_hidden boolean not null default false")
    # The job that publishes free time finds out what is hidden now, if no replica of the version
    # before runs: that would publish it and record nothing. After an upgrade with running replicas
    # operators queue it again (docs/operations.md, Upgrade).
    op.execute("""
        insert into free_time_changes (consultant_id)
        select distinct consultant_id from waitlist_entries
    """)


def downgrade() -> None:
    op.execute("alter table availability_slots drop is_hidden")
