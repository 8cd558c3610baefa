"""Photos, favourites and replies to ratings."""

from alembic import op

revision = "directory_0003"
down_revision = "directory_0002"


def upgrade() -> None:
    op.execute("alter table consultant_profiles add column photo text")
    op.execute("""
        create table favourites (
            seeker_id uuid not null,
            consultant_id uuid not null,
            created_at timestamptz not null,
            constraint pk_favourites primary key (seeker_id, consultant_id)
        )
    """)
    op.execute(
        "create index ix_favourites_newest on favourites (seeker_id, created_at, consultant_id)"
    )
    op.execute("""
        create table rating_replies (
            booking_id uuid constraint pk_rating_replies primary key,
            body text not null,
            created_at timestamptz not null
        )
    """)


def downgrade() -> None:
    op.execute("drop table rating_replies, favourites")
    op.execute("alter table consultant_profiles drop column photo")
