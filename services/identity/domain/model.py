"""Users, sessions and link tokens as values."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct


class User(Struct, frozen=True):
    """A user, without their password. `language` is None until they choose one."""

    id: UUID
    email: str
    email_verified: bool
    first_name: str
    last_name: str
    role: str
    is_active: bool
    time_zone: str
    language: str | None
    created_at: datetime
    updated_at: datetime


class IssuedSession(Struct, frozen=True):
    """A session that was started or continued: its user, its id, and the next refresh token."""

    user: User
    session_id: UUID
    refresh_token: str


class SignIn(Struct, frozen=True):
    """A session in its owner's list of sessions."""

    id: UUID
    created_at: datetime
    last_used_at: datetime
    user_agent: str | None


class PublicKey(Struct, frozen=True):
    """A public key in the format of RFC 7517."""

    kty: str
    crv: str
    x: str
    y: str
    kid: str
    alg: str
    use: str


class Purpose(StrEnum):
    """The purpose of a link in a mail."""

    VERIFY_EMAIL = "verify_email"
    CHANGE_EMAIL = "change_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a purpose, no password  # nosec B105


class EmailToken(Struct, frozen=True):
    """The token of a link: its owner, its purpose, and the address to which it was sent."""

    user_id: UUID
    purpose: Purpose
    email: str


class IdempotencyClaim(Struct, frozen=True):
    """An Idempotency-Key: its owner, the key, and the request's fingerprint. The response is not
    stored, because it would contain tokens.
    """

    scope: UUID
    key: str
    fingerprint: bytes
