"""/users/register, /users/me"""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from litestar import Request, Response, get, patch, post
from litestar.params import JSONBody
from msgspec import UNSET, structs

from services.identity.commands import accounts
from services.identity.errors import EmailTaken, InvalidCredentials, WrongPassword
from services.identity.queries import myself
from services.identity.routes.dependencies import From, Hasher, Keys, Settings
from services.identity.routes.responses import idempotency_claim, session_response
from services.identity.schemas import (
    ChangePassword,
    ChangeUser,
    NewUser,
    Session,
    User,
    user_schema,
)
from shared.auth import signed_in
from shared.dependencies import AuthenticatedRequest, Db, Pool, Reader
from shared.openapi import errors
from shared.problems import IdempotencyKeyReused, RateLimited, Unauthenticated
from shared.text import email_key


@post(
    "/users/register",
    status_code=201,
    responses=errors(EmailTaken, InvalidCredentials, IdempotencyKeyReused, RateLimited),
    tags=["identity"],
    summary="Open an account",
)
async def register(
    request: Request[Any, Any, Any],
    pool: Pool,
    passwords: Hasher,
    keyring: Keys,
    settings: Settings,
    client: From,
    data: JSONBody[NewUser],
) -> Response[Session]:
    """Opens an account for a seeker or a consultant and signs in to it; a mail with a link verifies
    the address. The account's language is the one that `Accept-Language` prefers among those of the
    marketplace, if any. Repeating the request with the same `Idempotency-Key` starts a new session
    of the same account.
    """
    scope = uuid5(NAMESPACE_URL, "mailto:" + email_key(data.email))
    issued = await accounts.register(
        pool,
        passwords,
        new={
            "email": data.email,
            "first_name": data.first_name,
            "last_name": data.last_name,
            "role": data.role,
        },
        password=data.password,
        idempotency=await idempotency_claim(request, settings, scope),
        language=client.language,
        address=client.address,
        user_agent=client.user_agent,
        limit=settings.login_attempts_per_minute,
    )
    signer = await keyring.signer()
    return session_response(
        issued, signer, settings, in_cookie=data.refresh == "cookie", status=201
    )


@get(
    "/users/me",
    guards=[signed_in],
    responses=errors(Unauthenticated),
    tags=["identity"],
    summary="Show my account",
)
async def me(request: AuthenticatedRequest, reader: Reader) -> User:
    """The user identified by the access token."""
    return user_schema(await myself(reader, request.user))


@patch(
    "/users/me",
    guards=[signed_in],
    responses=errors(Unauthenticated),
    tags=["identity"],
    summary="Change my name, time zone or language",
)
async def change(request: AuthenticatedRequest, db: Db, data: JSONBody[ChangeUser]) -> User:
    """Changes the given fields only. Access tokens contain the new name from the next
    refresh on.
    """
    given = {name: value for name, value in structs.asdict(data).items() if value is not UNSET}
    return user_schema(await accounts.change_user(db, request.user, given))


@post(
    "/users/me/password",
    status_code=204,
    guards=[signed_in],
    responses=errors(WrongPassword, Unauthenticated, IdempotencyKeyReused, RateLimited),
    tags=["identity"],
    summary="Change my password",
)
async def change_password(
    request: AuthenticatedRequest,
    pool: Pool,
    passwords: Hasher,
    settings: Settings,
    data: JSONBody[ChangePassword],
) -> None:
    """Replaces the password. The current session continues; all others are revoked."""
    await accounts.change_password(
        pool,
        passwords,
        request.user,
        current=data.current_password,
        new=data.new_password,
        idempotency=await idempotency_claim(request, settings, request.user.id),
        limit=settings.login_attempts_per_minute,
    )


HANDLERS = (register, me, change, change_password)
