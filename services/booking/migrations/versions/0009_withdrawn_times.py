"""Times that a consultant has withdrawn from their rules, the release of the time zone database
with which slots were made, and an index for pruning.
"""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("""
        create table withdrawn_times (
            consultant_id uuid not null,
            start_time timestamptz not null,
            end_time timestamptz not null,
            primary key (consultant_id, start_time)
        )
    """)
    op.execute("create index ix_withdrawn_times_end on withdrawn_times (end_time)")
    op.execute("alter table availability_rules add column tzdata text not null default ''")
    op.execute("create index ix_availability_rules_tzdata on availability_rules (tzdata)")
    op.execute("create index ix_availability_slots_end on availability_slots (end_time)")


def downgrade() -> None:
    op.execute("drop index ix_availability_slots_end")
    op.execute("alter table availability_rules drop column tzdata")
    op.execute("drop table withdrawn_times")
