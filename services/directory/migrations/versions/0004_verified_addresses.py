"""Whether a consultant's e-mail address is verified: where REQUIRE_VERIFIED_EMAIL is set, only such
are listed.

False until identity's next event about the account says otherwise; `python -m
services.identity.announce_users` has it say so of all accounts at once.
"""

from alembic import op

revision = "directory_0004"
down_revision = "directory_0003"


def upgrade() -> None:
    op.execute(
        "alter table consultant_profiles add column email_verified boolean not null default false"
    )


def downgrade() -> None:
    op.execute("alter table consultant_profiles drop column email_verified")
