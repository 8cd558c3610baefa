"""The minimum notice of consultants: a free time closer than that cannot be requested any more.

None until booking's next event about a consultant's free time.
"""

from alembic import op

revision = "directory_0008"
down_revision = "directory_0007"


def upgrade() -> None:
    op.execute(
        "alter table consultant_profiles add column minimum_notice interval not null default '0'"
    )


def downgrade() -> None:
    op.execute("alter table consultant_profiles drop column minimum_notice")
