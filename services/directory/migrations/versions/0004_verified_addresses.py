"""Whether a consultant's e-mail address is verified: with REQUIRE_VERIFIED_EMAIL only those
consultants are listed.

False until identity's next event about the account; `python -m services.identity.announce_users`
publishes that event for all accounts.
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
