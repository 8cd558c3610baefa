"""Request and response bodies of the identity API, and functions that make responses from domain
objects.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, convert, structs

from services.identity.domain.model import IssuedSession
from services.identity.domain.model import PublicKey as DomainPublicKey
from services.identity.domain.model import SignIn as DomainSignIn
from services.identity.domain.model import User as DomainUser
from services.identity.domain.tokens import ACCESS_SECONDS
from shared.fields import Email, OneLine, RequestBody, TimeZone
from shared.languages import Language

Name = Annotated[OneLine, Meta(min_length=1, max_length=100, examples=["Ada"])]
NewPassword = Annotated[
    str,
    Meta(
        min_length=10,
        max_length=128,
        examples=["correct horse battery staple"],
        description="10 to 128 characters of any script; all of them are significant.",
    ),
]
# Longer than any password, so that a wrong one is reported as wrong (401), not as invalid (400).
Password = Annotated[
    str, Meta(min_length=1, max_length=1024, examples=["correct horse battery staple"])
]
Role = Literal["seeker", "consultant"]
Delivery = Annotated[
    Literal["body", "cookie"],
    Meta(
        description="Where to return the refresh token: in the response body, or in an"
        " HttpOnly cookie (browsers)."
    ),
]
Token = Annotated[str, Meta(min_length=1, max_length=512)]
ChosenLanguage = Annotated[
    Language | None,
    Meta(
        description="The language of mails, notifications and the web app, as a BCP 47 tag; null if"
        " none was chosen."
    ),
]


class NewUser(RequestBody, frozen=True):
    """A new account."""

    email: Email
    password: NewPassword
    first_name: Name
    last_name: Annotated[Name, Meta(examples=["Byron"])]
    role: Role
    refresh: Delivery = "body"


class NewSession(RequestBody, frozen=True):
    """The credentials of an account, with which a session is started."""

    email: Email
    password: Password
    refresh: Delivery = "body"


class RefreshSession(RequestBody, frozen=True):
    """A refresh token; browsers send it as a cookie instead."""

    refresh_token: Token | None = None


class ChangeUser(RequestBody, frozen=True):
    """Changes to one's own account; absent fields stay unchanged."""

    first_name: Name | UnsetType = UNSET
    last_name: Annotated[Name, Meta(examples=["Byron"])] | UnsetType = UNSET
    time_zone: TimeZone | UnsetType = UNSET
    language: ChosenLanguage | UnsetType = UNSET


class ChangePassword(RequestBody, frozen=True):
    """The current and the new password."""

    current_password: Password
    new_password: NewPassword


class VerifyEmail(RequestBody, frozen=True):
    """The token of a link in a mail."""

    token: Token


class RequestPasswordReset(RequestBody, frozen=True):
    """The address of the account whose password is to be reset."""

    email: Email


class ResetPassword(RequestBody, frozen=True):
    """The token of a link in a mail, and the new password."""

    token: Token
    new_password: NewPassword


class ChangeEmail(RequestBody, frozen=True):
    """The new address, and the current password as confirmation."""

    new_email: Email
    current_password: Password


class User(Struct, frozen=True):
    """A user's own account."""

    id: UUID
    email: str
    email_verified: bool
    first_name: str
    last_name: str
    role: Role
    is_active: bool
    time_zone: str
    language: ChosenLanguage
    created_at: datetime
    updated_at: datetime


class Session(Struct, frozen=True):
    """A session. `expires_in` is the access token's lifetime in seconds; `refresh_token` is absent
    if it was returned in a cookie.
    """

    user: User
    access_token: str
    token_type: Literal["bearer"]
    expires_in: int
    refresh_token: str | UnsetType = UNSET


class SignIn(Struct, frozen=True):
    """One of my sessions; `current` marks the one of this request."""

    id: UUID
    current: bool
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


class PublicKeys(Struct, frozen=True):
    """The keys with which access tokens are verified: the current one, the next, and those whose
    tokens are still valid.
    """

    keys: list[PublicKey]


def user_schema(user: DomainUser) -> User:
    """A user as seen by themselves."""
    return convert(structs.asdict(user), User)


def session_schema(issued: IssuedSession, access_token: str, *, in_cookie: bool) -> Session:
    """A session that was started or continued. `in_cookie`: its refresh token is in a cookie."""
    return Session(
        user=user_schema(issued.user),
        access_token=access_token,
        token_type="bearer",  # noqa: S106 - RFC 6750's word, no secret  # nosec B106
        expires_in=ACCESS_SECONDS,
        refresh_token=UNSET if in_cookie else issued.refresh_token,
    )


def sign_in_schema(session: DomainSignIn, current: UUID | None) -> SignIn:
    """A session in its owner's list."""
    return SignIn(
        session.id,
        session.id == current,
        session.created_at,
        session.last_used_at,
        session.user_agent,
    )


def public_keys_schema(keys: Iterable[DomainPublicKey]) -> PublicKeys:
    """The published keys as a response."""
    return PublicKeys(
        [PublicKey(key.kty, key.crv, key.x, key.y, key.kid, key.alg, key.use) for key in keys]
    )
