"""Events of identity: user accounts and how users sign in."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.base import Event


class UserEvent(Event, frozen=True, kw_only=True):
    """Fields common to all events about a user. `language` is null if they have chosen none."""

    PRODUCER: ClassVar[str] = "identity"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("directory", "booking", "payments", "notifications")
    AGGREGATE_ID: ClassVar[str] = "user_id"
    user_id: UUID
    role: str
    first_name: str
    last_name: str
    email: str
    email_verified: bool = False
    time_zone: str = "UTC"
    language: str | None = None


class UserRegistered(UserEvent, frozen=True, kw_only=True):
    """A user has opened an account."""

    TYPE: ClassVar[str] = "user.registered.v1"


class UserUpdated(UserEvent, frozen=True, kw_only=True):
    """A user has changed their name, time zone or language."""

    TYPE: ClassVar[str] = "user.updated.v1"


class UserDeactivated(UserEvent, frozen=True, kw_only=True):
    """An operator has deactivated an account."""

    TYPE: ClassVar[str] = "user.deactivated.v1"


class AccountEvent(Event, frozen=True, kw_only=True):
    """Fields common to all events about an account's security; only notifications consumes them."""

    PRODUCER: ClassVar[str] = "identity"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)
    AGGREGATE_ID: ClassVar[str] = "user_id"
    user_id: UUID


class EmailVerificationRequested(AccountEvent, frozen=True, kw_only=True):
    """An address is to be verified with `token`, which is valid for 24 hours. `welcome` is true if
    the account has just been opened.
    """

    TYPE: ClassVar[str] = "email_verification.requested.v1"
    email: str
    token: str
    welcome: bool = False


class PasswordResetRequested(AccountEvent, frozen=True, kw_only=True):
    """A password reset was requested for this user; `token` is valid for an hour."""

    TYPE: ClassVar[str] = "password_reset.requested.v1"
    email: str
    token: str


class PasswordChanged(AccountEvent, frozen=True, kw_only=True):
    """The user's password was changed or reset."""

    TYPE: ClassVar[str] = "password.changed.v1"


class EmailChangeRequested(AccountEvent, frozen=True, kw_only=True):
    """The user wants `new_email` as their address. It replaces the current one once `token`, which
    is sent to it, has been confirmed.
    """

    TYPE: ClassVar[str] = "email_change.requested.v1"
    old_email: str
    new_email: str
    token: str


class EmailChanged(AccountEvent, frozen=True, kw_only=True):
    """The user's address is now `new_email`."""

    TYPE: ClassVar[str] = "email.changed.v1"
    old_email: str
    new_email: str


class NewDeviceEvent(AccountEvent, frozen=True, kw_only=True):
    """Fields common to all events about an unknown device."""

    user_agent: str | None
    at: datetime


class NewDeviceUsed(NewDeviceEvent, frozen=True, kw_only=True):
    """The user has signed in from an unknown device."""

    TYPE: ClassVar[str] = "new_device.used.v1"


class SignedInFromNewDevice(NewDeviceEvent, frozen=True, kw_only=True):
    """NewDeviceUsed under the name that earlier versions publish during an upgrade."""

    TYPE: ClassVar[str] = "signed_in_from_new.device.v1"


class SessionsRevoked(AccountEvent, frozen=True, kw_only=True):
    """Sign-in sessions of the user have ended: those in `session_ids`, or if that is null, all but
    `except_session_id`.
    """

    TYPE: ClassVar[str] = "sessions.revoked.v1"
    session_ids: list[str] | None = None
    except_session_id: str | None = None
