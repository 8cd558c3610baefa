"""Secret addresses of calendar feeds, kept as hashes."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("""
        create table calendar_feeds (
            user_id uuid constraint pk_calendar_feeds primary key,
            token_hash bytea not null constraint uq_calendar_feeds_token_hash unique,
            created_at timestamptz not null
        )
    """)


def downgrade() -> None:
    op.execute("drop table calendar_feeds")
