"""Identity's tables."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, LargeBinary, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db import NAMING


class Model(DeclarativeBase):
    """What the tables share. Rows are read and written with Core; the classes name the columns,
    with their types.
    """

    metadata = MetaData(schema="identity", naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012
        datetime: DateTime(timezone=True),
        bytes: LargeBinary,
        dict[str, Any]: JSONB,
    }


class User(Model):
    """A person with an account. `email` is as they wrote it; `email_key` is what makes two
    addresses the same: citext would fold case by the database's locale, which may know ASCII only.
    """

    __tablename__ = "users"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    hashed_password: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    role: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    time_zone: Mapped[str] = mapped_column(default="UTC")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class RefreshFamily(Model):
    """One sign-in on one device: all refresh tokens that follow from it. Revoked, it ends them
    all.
    """

    __tablename__ = "refresh_families"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class RefreshToken(Model):
    """A refresh token by its SHA-256: it has 256 random bits, so a slow hash would add nothing. A
    used one is kept, to know it again.
    """

    __tablename__ = "refresh_tokens"
    hash: Mapped[bytes] = mapped_column(primary_key=True)
    family_id: Mapped[UUID] = mapped_column(
        ForeignKey(RefreshFamily.id, ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SigningKey(Model):
    """A key pair for access tokens: public until `retires_at`, signing from `active_from` until the
    next one's.
    """

    __tablename__ = "signing_keys"
    kid: Mapped[str] = mapped_column(primary_key=True)
    public_jwk: Mapped[dict[str, Any]]
    encrypted_private_key: Mapped[bytes]
    created_at: Mapped[datetime]
    active_from: Mapped[datetime]
    retires_at: Mapped[datetime | None]


class LoginAttempts(Model):
    """How often one account or address has tried to sign in since `started_at`. `key` is a hash:
    what people type as their address is sometimes their password.
    """

    __tablename__ = "login_attempts"
    key: Mapped[bytes] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int]
