"""An event about a person that comes late no longer overwrites what a newer one has said."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("alter table people add column last_sequence bigint")


def downgrade() -> None:
    op.execute("alter table people drop column last_sequence")
