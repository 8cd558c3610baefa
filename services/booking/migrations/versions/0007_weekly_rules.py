"""Weekly rules, and which slots were made from them."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute("""
        create table availability_rules (
            consultant_id uuid primary key,
            rules jsonb not null,
            time_zone text not null,
            buffer_minutes integer not null check (buffer_minutes between 0 and 240),
            minimum_notice_minutes integer not null
                check (minimum_notice_minutes between 0 and 43200),
            daily_limit integer check (daily_limit > 0),
            extended_at timestamptz not null,
            updated_at timestamptz not null
        )
    """)
    op.execute("create index ix_availability_rules_extended on availability_rules (extended_at)")
    op.execute(
        "alter table availability_slots add column from_rules boolean not null default false"
    )


def downgrade() -> None:
    op.execute("alter table availability_slots drop column from_rules")
    op.execute("drop table availability_rules")
