"""/users/verify-email, /users/password-reset, /users/me/email: what links in mails are for"""

from typing import Any

from litestar import Request, post
from litestar.params import JSONBody

from services.identity.commands import recovery
from services.identity.errors import EmailTaken, InvalidToken, WrongPassword
from services.identity.routes.dependencies import From, Hasher, Resets, Settings
from services.identity.schemas import (
    ChangeEmail,
    RequestPasswordReset,
    ResetPassword,
    VerifyEmail,
)
from shared.auth import signed_in
from shared.dependencies import Db, Pool
from shared.openapi import errors
from shared.problems import RateLimited, Unauthenticated


@post(
    "/users/verify-email",
    status_code=204,
    responses=errors(InvalidToken, EmailTaken),
    tags=["identity"],
    summary="Verify an address",
)
async def verify_email(db: Db, data: JSONBody[VerifyEmail]) -> None:
    """Takes the token of a link that was sent to an address, within 24 hours and once: the address
    is verified, and a new one takes the old one's place.
    """
    await recovery.verify_email(db, data.token)


@post(
    "/users/me/verification-email",
    status_code=202,
    guards=[signed_in],
    responses=errors(Unauthenticated, RateLimited),
    tags=["identity"],
    summary="Send the verification mail again",
)
async def send_verification(request: Request[Any, Any, Any], pool: Pool) -> None:
    """At most three times an hour. Nothing is sent to an address that is verified."""
    await recovery.send_verification(pool, request.user)


@post(
    "/users/me/email",
    status_code=202,
    guards=[signed_in],
    responses=errors(WrongPassword, Unauthenticated, RateLimited),
    tags=["identity"],
    summary="Change my address",
)
async def change_email(
    request: Request[Any, Any, Any],
    pool: Pool,
    passwords: Hasher,
    settings: Settings,
    data: JSONBody[ChangeEmail],
) -> None:
    """Sends a link to the new address and tells the old one. Until the link is followed, the old
    address stays; whether the new one is taken is only said then.
    """
    await recovery.request_email_change(
        pool,
        passwords,
        request.user,
        new_email=data.new_email,
        current_password=data.current_password,
        limit=settings.login_attempts_per_minute,
    )


@post(
    "/users/password-reset",
    status_code=202,
    responses=errors(RateLimited),
    tags=["identity"],
    summary="Ask for a new password",
)
async def request_reset(
    pool: Pool,
    resets: Resets,
    settings: Settings,
    client: From,
    data: JSONBody[RequestPasswordReset],
) -> None:
    """A link goes to the address where it has an account. The answer is the same where it has
    none.
    """
    await recovery.request_password_reset(
        pool,
        email=data.email,
        address=client.address,
        limit=settings.login_attempts_per_minute,
    )
    resets.wake()


@post(
    "/users/password-reset/confirm",
    status_code=204,
    responses=errors(InvalidToken),
    tags=["identity"],
    summary="Set a new password",
)
async def confirm_reset(pool: Pool, passwords: Hasher, data: JSONBody[ResetPassword]) -> None:
    """Takes the token of a link, within an hour and once. All sessions end."""
    await recovery.reset_password(pool, passwords, token=data.token, new_password=data.new_password)


HANDLERS = (verify_email, send_verification, change_email, request_reset, confirm_reset)
