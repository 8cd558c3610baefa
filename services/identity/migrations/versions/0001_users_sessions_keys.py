"""Users, refresh families and their tokens, signing keys, login attempts."""

from alembic import op

revision = "identity_0001"
down_revision = None


def upgrade() -> None:
    op.execute("""
        create table users (
            id uuid constraint pk_users primary key,
            email text not null constraint ck_users_email check (length(email) between 3 and 254),
            email_key text not null constraint uq_users_email_key unique,
            hashed_password text not null,
            first_name text not null
                constraint ck_users_first_name check (length(first_name) between 1 and 100),
            last_name text not null
                constraint ck_users_last_name check (length(last_name) between 1 and 100),
            role text not null constraint ck_users_role check (role in ('seeker', 'consultant')),
            is_active boolean not null default true,
            time_zone text not null default 'UTC',
            created_at timestamptz not null,
            updated_at timestamptz not null
        )
    """)
    op.execute("""
        create table refresh_families (
            id uuid constraint pk_refresh_families primary key,
            user_id uuid not null
                constraint fk_refresh_families_user_id references users on delete cascade,
            created_at timestamptz not null,
            expires_at timestamptz not null,
            revoked_at timestamptz
        )
    """)
    op.execute("create index ix_refresh_families_user_id on refresh_families (user_id)")
    op.execute("create index ix_refresh_families_expires_at on refresh_families (expires_at)")
    op.execute("""
        create table refresh_tokens (
            hash bytea constraint pk_refresh_tokens primary key,
            family_id uuid not null
                constraint fk_refresh_tokens_family_id
                    references refresh_families on delete cascade,
            created_at timestamptz not null,
            used_at timestamptz
        )
    """)
    op.execute("create index ix_refresh_tokens_family_id on refresh_tokens (family_id)")
    op.execute(
        "create index ix_refresh_tokens_created_at on refresh_tokens using brin (created_at)"
    )
    op.execute("""
        create table signing_keys (
            kid text constraint pk_signing_keys primary key,
            public_jwk jsonb not null,
            encrypted_private_key bytea not null,
            created_at timestamptz not null,
            active_from timestamptz not null,
            retires_at timestamptz
        )
    """)
    # Unlogged: every login writes it, and a server crash loses only one minute's counts.
    op.execute("""
        create unlogged table login_attempts (
            key bytea constraint pk_login_attempts primary key,
            started_at timestamptz not null,
            attempts integer not null
        )
    """)
    op.execute("create index ix_login_attempts_started_at on login_attempts (started_at)")


def downgrade() -> None:
    op.execute("drop table login_attempts, signing_keys, refresh_tokens, refresh_families, users")
