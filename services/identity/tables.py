"""Identity's tables."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
    false,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.db import NAMING

METADATA = MetaData(schema="identity", naming_convention=NAMING)
_instant = DateTime(timezone=True)

# `email` is as entered by its owner; `email_key` is the normalised form for comparison: citext
# would fold case by the database's locale, which may support ASCII only.
users = Table(
    "users",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("email", String, nullable=False),
    Column("email_key", String, nullable=False, unique=True),
    Column("email_verified", Boolean, nullable=False, server_default=false()),
    Column("hashed_password", String, nullable=False),
    Column("first_name", String, nullable=False),
    Column("last_name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("is_active", Boolean, nullable=False, server_default=true()),
    Column("time_zone", String, nullable=False, server_default="UTC"),
    Column("language", String),
    Column("created_at", _instant, nullable=False),
    Column("updated_at", _instant, nullable=False),
)

# One sign-in on one device, with all refresh tokens that descend from it. Revoking it revokes them
# all.
refresh_families = Table(
    "refresh_families",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("user_id", ForeignKey(users.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("user_agent", String),
    Column("created_at", _instant, nullable=False),
    Column("last_used_at", _instant),
    Column("expires_at", _instant, nullable=False, index=True),
    Column("revoked_at", _instant),
)

# A used token is kept so that reuse is detected; `successor` is the hash of the token issued for
# it, which is void if the response was lost.
refresh_tokens = Table(
    "refresh_tokens",
    METADATA,
    Column("hash", LargeBinary, primary_key=True),
    Column(
        "family_id",
        ForeignKey(refresh_families.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("created_at", _instant, nullable=False),
    Column("used_at", _instant),
    Column("successor", LargeBinary),
    Column("is_void", Boolean, nullable=False, server_default=false()),
    Index(None, "created_at", postgresql_using="brin"),
)

# Tokens of links in mails, as hashes; `email` is the address to which the link was sent.
email_tokens = Table(
    "email_tokens",
    METADATA,
    Column("hash", LargeBinary, primary_key=True),
    Column("user_id", ForeignKey(users.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("purpose", String, nullable=False),
    Column("email", String, nullable=False),
    Column("created_at", _instant, nullable=False),
    Column("expires_at", _instant, nullable=False, index=True),
    Column("used_at", _instant),
)

# Addresses for which a reset was requested, known or not; a job looks them up.
password_reset_requests = Table(
    "password_reset_requests",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("email_key", String, nullable=False),
    Column("request_id", String),
    Column("created_at", _instant, nullable=False),
)

# A key pair for access tokens: published until `retires_at`, signing from `active_from` until the
# next key's `active_from`.
signing_keys = Table(
    "signing_keys",
    METADATA,
    Column("kid", String, primary_key=True),
    Column("public_jwk", JSONB, nullable=False),
    Column("encrypted_private_key", LargeBinary, nullable=False),
    Column("created_at", _instant, nullable=False),
    Column("active_from", _instant, nullable=False),
    Column("retires_at", _instant),
)

# Number of attempts since `started_at`. `key` is a hash: what people enter as their address is
# sometimes their password.
login_attempts = Table(
    "login_attempts",
    METADATA,
    Column("key", LargeBinary, primary_key=True),
    Column("started_at", _instant, nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
)
