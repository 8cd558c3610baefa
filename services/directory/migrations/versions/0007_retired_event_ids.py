"""Drops what 0002 kept for the version before it: the id of the last event about a consultant's
name, and the version of their free time, which sequences replaced.
"""

from alembic import op

revision = "directory_0007"
down_revision = "directory_0006"
# Code older than directory_0002 still reads both columns.
usable_from = "directory_0002"


def upgrade() -> None:
    op.execute("""
        alter table consultant_profiles drop column names_heard, drop column availability_version
    """)


def downgrade() -> None:
    op.execute("""
        alter table consultant_profiles
            add column names_heard uuid,
            add column availability_version bigint not null default 0
    """)
