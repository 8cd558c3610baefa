"""What identity is asked and what it answers."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

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
        description="Where the refresh token goes: into the answer's body, or into an HttpOnly cookie (browsers)."
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


class UserView(Struct, frozen=True):
    """A user as they see themselves."""

    id: UUID
    email: str
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

    user: UserView
    access_token: str
    token_type: Literal["bearer"]
    expires_in: int
    refresh_token: str | UnsetType = UNSET


class PublicKey(Struct, frozen=True):
    """A public key as RFC 7517 writes it."""

    kty: str
    crv: str
    x: str
    y: str
    kid: str
    alg: str
    use: str


class PublicKeys(Struct, frozen=True):
    """The keys that access tokens are verified with: the present one, the next, and those whose
    tokens still live.
    """

    keys: list[PublicKey]
