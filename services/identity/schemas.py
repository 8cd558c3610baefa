"""What identity is asked and what it answers."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, convert, structs

from services.identity.domain.model import PublicKey, SignIn, User
from shared.fields import Email, OneLine, TimeZone

Name = Annotated[OneLine, Meta(min_length=1, max_length=100, examples=["Ada"])]
NewPassword = Annotated[
    str,
    Meta(
        min_length=10,
        max_length=128,
        examples=["correct horse battery staple"],
        description="10 to 128 characters of any script; every one counts.",
    ),
]
# Longer than any password can be, so that a wrong one is told so (401), not corrected (400).
Password = Annotated[
    str, Meta(min_length=1, max_length=1024, examples=["correct horse battery staple"])
]
Role = Literal["seeker", "consultant"]
Delivery = Annotated[
    Literal["body", "cookie"],
    Meta(
        description="Where the refresh token goes: into the answer's body, or into an"
        " HttpOnly cookie (browsers)."
    ),
]
Token = Annotated[str, Meta(min_length=1, max_length=512)]


class Register(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who opens an account."""

    email: Email
    password: NewPassword
    first_name: Name
    last_name: Annotated[Name, Meta(examples=["Byron"])]
    role: Role
    refresh: Delivery = "body"


class Login(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who signs in."""

    email: Email
    password: Password
    refresh: Delivery = "body"


class Refresh(Struct, frozen=True, forbid_unknown_fields=True):
    """A refresh token; browsers send it as a cookie instead."""

    refresh_token: Token | None = None


class ChangeUser(Struct, frozen=True, forbid_unknown_fields=True):
    """What people may change about themselves; what is absent stays."""

    first_name: Name | UnsetType = UNSET
    last_name: Annotated[Name, Meta(examples=["Byron"])] | UnsetType = UNSET
    time_zone: TimeZone | UnsetType = UNSET


class ChangePassword(Struct, frozen=True, forbid_unknown_fields=True):
    """The password as it is and as it shall be."""

    current_password: Password
    new_password: NewPassword


class VerifyEmail(Struct, frozen=True, forbid_unknown_fields=True):
    """The token of a link in a mail."""

    token: Token


class RequestPasswordReset(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose password is to be reset."""

    email: Email


class ResetPassword(Struct, frozen=True, forbid_unknown_fields=True):
    """The token of a link in a mail, and the password as it shall be."""

    token: Token
    new_password: NewPassword


class ChangeEmail(Struct, frozen=True, forbid_unknown_fields=True):
    """The address as it shall be, and the password as a proof."""

    new_email: Email
    current_password: Password


class UserAnswer(Struct, frozen=True):
    """A user as they see themselves."""

    id: UUID
    email: str
    email_verified: bool
    first_name: str
    last_name: str
    role: Role
    is_active: bool
    time_zone: str
    created_at: datetime
    updated_at: datetime


class Session(Struct, frozen=True):
    """What signing in gives. `expires_in` is the access token's life in seconds; `refresh_token` is
    absent when it went into a cookie.
    """

    user: UserAnswer
    access_token: str
    token_type: Literal["bearer"]
    expires_in: int
    refresh_token: str | UnsetType = UNSET


class SignInAnswer(Struct, frozen=True):
    """One of my sessions; `current` is the one that asks."""

    id: UUID
    current: bool
    created_at: datetime
    last_used_at: datetime
    user_agent: str | None


class PublicKeys(Struct, frozen=True):
    """The keys that access tokens are verified with: the present one, the next, and those whose
    tokens still live.
    """

    keys: list[PublicKey]


def user_answer(user: User) -> UserAnswer:
    """`user` as they see themselves."""
    return convert(structs.asdict(user), UserAnswer)


def sign_in_answer(session: SignIn, current: UUID | None) -> SignInAnswer:
    """`session` in its owner's list."""
    return SignInAnswer(
        session.id,
        session.id == current,
        session.created_at,
        session.last_used_at,
        session.user_agent,
    )
