"""Users, sessions, tokens and keys as values."""

from datetime import datetime
from enum import StrEnum
from typing import Any
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


class RefreshToken(Struct, frozen=True):
    """A refresh token of a session, as stored. `used_at` is the time of its first use, `successor`
    the hash of the token for which it was last exchanged. A void token is never accepted.
    """

    session_id: UUID
    used_at: datetime | None
    successor: bytes | None
    is_void: bool


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


class SigningKey(Struct, frozen=True):
    """A key pair, as stored: the private key is encrypted. It signs from `active_from` until the
    next key does, and is published until `retires_at`; None if no key has followed it yet.
    """

    kid: str
    public_jwk: dict[str, Any]
    encrypted_private_key: bytes
    active_from: datetime
    retires_at: datetime | None


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


class ResetRequest(Struct, frozen=True):
    """A request for a password reset: the key of the address, known or not, and the id of the HTTP
    request, for logs.
    """

    email_key: str
    request_id: str | None


class AttemptCount(Struct, frozen=True):
    """The number of attempts that were counted for a key since `started_at`."""

    key: bytes
    attempts: int
    started_at: datetime


class IdempotencyClaim(Struct, frozen=True):
    """A request's claim on an Idempotency-Key. Keys are unique within their `scope`: the user, or
    for registrations an id derived from the address. The response is not stored, because it would
    contain tokens.
    """

    scope: UUID
    key: str
    fingerprint: bytes
