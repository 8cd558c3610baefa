"""Verified addresses, tokens of links, and the data for the list of sessions.

The previous version works with this schema: new columns are nullable or have a default.
"""

from alembic import op

revision = "identity_0002"
down_revision = "identity_0001"


def upgrade() -> None:
    op.execute("alter table users add column email_verified boolean not null default false")
    op.execute("alter table refresh_families add column user_agent text")
    op.execute("alter table refresh_families add column last_used_at timestamptz")
    op.execute("alter table refresh_tokens add column successor bytea")
    op.execute("alter table refresh_tokens add column is_void boolean not null default false")
    op.execute("""
        create table email_tokens (
            hash bytea constraint pk_email_tokens primary key,
            user_id uuid not null
                constraint fk_email_tokens_user_id references users on delete cascade,
            purpose text not null constraint ck_email_tokens_purpose
                check (purpose in ('verify_email', 'change_email', 'reset_password')),
            email text not null,
            created_at timestamptz not null,
            expires_at timestamptz not null,
            used_at timestamptz
        )
    """)
    op.execute("create index ix_email_tokens_user_id on email_tokens (user_id)")
    op.execute("create index ix_email_tokens_expires_at on email_tokens (expires_at)")
    op.execute("""
        create table password_reset_requests (
            id uuid constraint pk_password_reset_requests primary key,
            email_key text not null,
            request_id text,
            created_at timestamptz not null
        )
    """)


def downgrade() -> None:
    op.execute("drop table password_reset_requests, email_tokens")
    op.execute("alter table refresh_tokens drop column is_void, drop column successor")
    op.execute("alter table refresh_families drop column last_used_at, drop column user_agent")
    op.execute("alter table users drop column email_verified")
