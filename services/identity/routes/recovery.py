"""/users/verify-email, /users/password-reset, /users/me/email: actions through links in mails"""

from litestar import post
from litestar.params import JSONBody

from services.identity.commands import recovery
from services.identity.errors import EmailTaken, InvalidToken, WrongPassword
from services.identity.routes.dependencies import From, Hasher, Resets, Settings
from services.identity.routes.responses import idempotency_claim
from services.identity.schemas import (
    ChangeEmail,
    RequestPasswordReset,
    ResetPassword,
    VerifyEmail,
)
from shared.auth import signed_in
from shared.dependencies import AuthenticatedRequest, Db, Pool
from shared.idempotency import idempotent
from shared.openapi import errors
from shared.problems import IdempotencyKeyReused, RateLimited, Unauthenticated


@post(
    "/users/verify-email",
    status_code=204,
    responses=errors(InvalidToken, EmailTaken),
    tags=["identity"],
    summary="Verify an e-mail address",
)
async def verify_email(db: Db, data: JSONBody[VerifyEmail]) -> None:
    """Redeems the token of a link, once and within 24 hours: its address is verified, and if it is
    new, it replaces the old one.
    """
    await recovery.verify_email(db, data.token)


@post(
    "/users/me/verification-email",
    status_code=202,
    guards=[signed_in],
    responses=errors(Unauthenticated, IdempotencyKeyReused, RateLimited),
    tags=["identity"],
    summary="Send the verification mail again",
)
@idempotent
async def send_verification(request: AuthenticatedRequest, db: Db) -> None:
    """At most three times an hour. Nothing is sent if the address is already verified."""
    await recovery.send_verification(db, request.user)


@post(
    "/users/me/email",
    status_code=202,
    guards=[signed_in],
    responses=errors(WrongPassword, Unauthenticated, IdempotencyKeyReused, RateLimited),
    tags=["identity"],
    summary="Change my e-mail address",
)
async def change_email(
    request: AuthenticatedRequest,
    pool: Pool,
    passwords: Hasher,
    settings: Settings,
    data: JSONBody[ChangeEmail],
) -> None:
    """Sends a link to the new address and a notice to the old one, which stays in use until the
    link is followed. Only then does the response reveal whether the new address is taken.
    """
    await recovery.request_email_change(
        pool,
        passwords,
        request.user,
        new_email=data.new_email,
        current_password=data.current_password,
        idempotency=await idempotency_claim(request, settings, request.user.id),
        limit=settings.login_attempts_per_minute,
    )


@post(
    "/users/password-reset",
    status_code=202,
    responses=errors(RateLimited),
    tags=["identity"],
    summary="Request a password reset",
)
async def request_reset(
    pool: Pool,
    resets: Resets,
    settings: Settings,
    client: From,
    data: JSONBody[RequestPasswordReset],
) -> None:
    """Sends a link if the address has an account. The response is the same if it has none."""
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
    """Redeems the token of a link, once and within an hour. All sessions are revoked."""
    await recovery.reset_password(pool, passwords, token=data.token, new_password=data.new_password)


HANDLERS = (verify_email, send_verification, change_email, request_reset, confirm_reset)
