"""Users, sessions and the tokens of links, as values."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct


class User(Struct, frozen=True):
    """A person with an account, without their password."""

    id: UUID
    email: str
    email_verified: bool
    first_name: str
    last_name: str
    role: str
    is_active: bool
    time_zone: str
    created_at: datetime
    updated_at: datetime


class IssuedSession(Struct, frozen=True):
    """A session that has just begun or gone on: whose, which, and the token that continues it."""

    user: User
    session_id: UUID
    refresh_token: str


class SignIn(Struct, frozen=True):
    """A session as its owner sees it in the list of their sessions."""

    id: UUID
    created_at: datetime
    last_used_at: datetime
    user_agent: str | None


class PublicKey(Struct, frozen=True):
    """A public key as RFC 7517 writes it."""

    kty: str
    crv: str
    x: str
    y: str
    kid: str
    alg: str
    use: str


class Purpose(StrEnum):
    """What a link in a mail is for."""

    VERIFY_EMAIL = "verify_email"
    CHANGE_EMAIL = "change_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a purpose, no password  # nosec B105


class EmailToken(Struct, frozen=True):
    """The token of a link: whose it is, what for, and the address that it was sent to."""

    user_id: UUID
    purpose: Purpose
    email: str


class IdempotencyClaim(Struct, frozen=True):
    """An Idempotency-Key: whose, which, and what was asked. The answer is not stored, for it would
    hold tokens.
    """

    scope: UUID
    key: str
    fingerprint: bytes
