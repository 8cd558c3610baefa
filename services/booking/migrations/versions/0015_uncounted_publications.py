"""Publications of free time are no longer counted: the sequence of their events orders them.

The next version drops `free_time_feed.version`, which this one neither reads nor writes.
"""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute("alter table free_time_feed alter column version set default 1")


def downgrade() -> None:
    op.execute("alter table free_time_feed alter column version drop default")
