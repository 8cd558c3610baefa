"""Staleness is decided by an event's sequence within its aggregate; event ids and the version of
free time no longer matter.

`names_heard` and `availability_version` are kept for the previous version, which still reads and
writes them.
"""

from alembic import op

revision = "directory_0002"
down_revision = "directory_0001"


def upgrade() -> None:
    op.execute("""
        alter table consultant_profiles
            add column last_user_sequence bigint,
            add column last_availability_sequence bigint
    """)
    # Known, and older than any numbered event.
    op.execute("""
        update consultant_profiles set last_user_sequence = 0 where names_heard is not null
    """)


def downgrade() -> None:
    op.execute("""
        alter table consultant_profiles
            drop column last_user_sequence, drop column last_availability_sequence
    """)
