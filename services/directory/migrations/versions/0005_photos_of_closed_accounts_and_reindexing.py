"""Indexes with which jobs find photos of closed accounts, and profiles whose words must be split
again because the rules have changed: those in scripts written without spaces.
"""

from alembic import op

revision = "directory_0005"
down_revision = "directory_0004"


def upgrade() -> None:
    op.execute("""
        create index ix_consultant_profiles_photos_of_closed on consultant_profiles (consultant_id)
        where photo is not null and not is_active
    """)
    op.execute("""
        alter table consultant_profiles
            add column needs_reindexing boolean not null default false
    """)
    op.execute("""
        create index ix_consultant_profiles_to_reindex on consultant_profiles (consultant_id)
        where needs_reindexing
    """)
    # Thai, Lao, Myanmar and Khmer.
    op.execute("""
        update consultant_profiles set needs_reindexing = true
        where concat_ws(' ', first_name, last_name, headline, expertise_tags::text, bio)
            ~ '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]'
    """)


def downgrade() -> None:
    op.execute("drop index ix_consultant_profiles_photos_of_closed")
    op.execute("alter table consultant_profiles drop column needs_reindexing")
