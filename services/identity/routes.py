"""Identity over HTTP."""

import hashlib
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from litestar import Request, Response, get, patch, post
from litestar.datastructures import State
from msgspec import UNSET

from services.identity.commands import accounts, sessions
from services.identity.commands.accounts import Once
from services.identity.commands.sessions import Opened
from services.identity.errors import EmailTaken, InvalidCredentials, WrongPassword
from services.identity.fields import email_key
from services.identity.queries import myself
from services.identity.schemas import (
    ChangePassword,
    ChangeUser,
    Login,
    PublicKeys,
    Refresh,
    Register,
    Session,
    UserView,
)
from services.identity.tokens import ACCESS_SECONDS, REFRESH_LIFE, Signer, access_token
from shared.auth import signed_in
from shared.idempotency import key_of
from shared.openapi import errors
from shared.problems import IdempotencyKeyReused, RateLimited, Unauthenticated
from shared.service import Db, JSONBody, Reader

COOKIE = "refresh_token"
# Browsers take Secure on http://localhost too. The path keeps it away from every other service.
COOKIE_RULES = "HttpOnly; Secure; SameSite=Strict; Path=/users"
FORGET_COOKIE = f"{COOKIE}=; {COOKIE_RULES}; Max-Age=0"
AnyRequest = Request[Any, Any, Any]


@post(
    "/users/register",
    status_code=201,
    responses=errors(EmailTaken, InvalidCredentials, IdempotencyKeyReused, RateLimited),
    tags=["identity"],
    summary="Open an account",
)
async def register(
    request: AnyRequest, state: State, data: JSONBody[Register]
) -> Response[Session]:
    """Opens an account for a seeker or a consultant and signs in to it. With an `Idempotency-Key`,
    asking again gives a new session of the same account.
    """
    signer = await state.keyring.signer()
    opened = await accounts.register(
        state.service.database,
        state.passwords,
        data,
        once=_once(
            request, uuid5(NAMESPACE_URL, "mailto:" + email_key(data.email)), await request.body()
        ),
        address=_address(request),
        limit=state.settings.login_attempts_per_minute,
    )
    return _session(opened, signer, in_cookie=data.refresh == "cookie", status=201)


@post(
    "/users/login",
    status_code=200,
    responses=errors(InvalidCredentials, RateLimited),
    tags=["identity"],
    summary="Sign in",
)
async def login(request: AnyRequest, state: State, data: JSONBody[Login]) -> Response[Session]:
    """Begins a session. An unknown address and a wrong password get the same answer after the same
    time.
    """
    signer = await state.keyring.signer()
    opened = await sessions.log_in(
        state.service.database,
        state.passwords,
        email=data.email,
        password=data.password,
        address=_address(request),
        limit=state.settings.login_attempts_per_minute,
    )
    return _session(opened, signer, in_cookie=data.refresh == "cookie", status=200)


@post(
    "/users/refresh",
    status_code=200,
    responses=errors(Unauthenticated),
    tags=["identity"],
    summary="Continue a session",
)
async def refresh(
    request: AnyRequest, state: State, data: JSONBody[Refresh | None] = None
) -> Response[Session]:
    """Exchanges the refresh token, from the body or the cookie, for a new access token and the next
    refresh token, in the same place. A refresh token is good once: when it is used again, its whole
    session is revoked.
    """
    given = data.refresh_token if data else None
    token = given or request.cookies.get(COOKIE)
    signer = await state.keyring.signer()
    try:
        if not token:
            raise Unauthenticated("There is no refresh token. Sign in first.")
        opened = await sessions.refresh_session(state.service.database, token)
    except Unauthenticated as problem:
        if not given:
            problem.headers = {**problem.headers, "Set-Cookie": FORGET_COOKIE}
        raise
    return _session(opened, signer, in_cookie=not given, status=200)


@post(
    "/users/logout",
    status_code=204,
    guards=[signed_in],
    responses=errors(Unauthenticated),
    tags=["identity"],
    summary="End this session",
)
async def logout(request: AnyRequest, db: Db) -> Response[None]:
    """Revokes the refresh tokens of this session and takes the cookie back."""
    await sessions.log_out(db, request.user, request.cookies.get(COOKIE))
    return Response(None, status_code=204, headers={"Set-Cookie": FORGET_COOKIE})


@get(
    "/users/me",
    guards=[signed_in],
    responses=errors(Unauthenticated),
    tags=["identity"],
    summary="Who I am",
)
async def me(request: AnyRequest, reader: Reader) -> UserView:
    """The user whom the access token names."""
    return await myself(reader, request.user)


@patch(
    "/users/me",
    guards=[signed_in],
    responses=errors(Unauthenticated),
    tags=["identity"],
    summary="Change my name or time zone",
)
async def change(request: AnyRequest, db: Db, data: JSONBody[ChangeUser]) -> UserView:
    """Changes what is given and leaves the rest. The new name is in access tokens from the next
    refresh on.
    """
    return await accounts.change_user(db, request.user, data)


@post(
    "/users/me/password",
    status_code=204,
    guards=[signed_in],
    responses=errors(WrongPassword, Unauthenticated, IdempotencyKeyReused, RateLimited),
    tags=["identity"],
    summary="Change my password",
)
async def change_password(
    request: AnyRequest, state: State, data: JSONBody[ChangePassword]
) -> None:
    """Replaces the password. This session goes on; all others are revoked."""
    await accounts.change_password(
        state.service.database,
        state.passwords,
        request.user,
        data,
        once=_once(request, request.user.id, await request.body()),
        limit=state.settings.login_attempts_per_minute,
    )


@get("/.well-known/jwks.json", tags=["identity"], summary="The public keys of access tokens")
async def keys(state: State) -> Response[PublicKeys]:
    """The keys that access tokens are verified with (RFC 7517). A new key is here before the first
    token that it signs.
    """
    return Response(
        await state.keyring.published(), headers={"Cache-Control": "public, max-age=300"}
    )


def _session(opened: Opened, signer: Signer, *, in_cookie: bool, status: int) -> Response[Session]:
    headers = {"Cache-Control": "no-store"}
    if in_cookie:
        age = int(REFRESH_LIFE.total_seconds())
        headers["Set-Cookie"] = f"{COOKIE}={opened.refresh_token}; {COOKIE_RULES}; Max-Age={age}"
    session = Session(
        user=opened.user,
        access_token=access_token(signer, opened.user, opened.session_id),
        token_type="bearer",  # noqa: S106 - RFC 6750's word, no secret  # nosec B106
        expires_in=ACCESS_SECONDS,
        refresh_token=UNSET if in_cookie else opened.refresh_token,
    )
    return Response(session, status_code=status, headers=headers)


def _once(request: AnyRequest, scope: UUID, body: bytes) -> Once | None:
    """The request's Idempotency-Key. Its body holds a password, so the stored fingerprint is keyed:
    without the secret of the environment nobody can try passwords against it.
    """
    key = key_of(request)
    if key is None:
        return None
    text = request.url.path.encode() + b"\0" + body
    secret = request.app.state.settings.secret
    return Once(
        scope,
        key,
        hashlib.blake2b(text, key=secret, digest_size=32, person=b"idempotency").digest(),
    )


def _address(request: AnyRequest) -> str | None:
    """Where the client is: what the gateway appended to X-Forwarded-For, the last element; the
    others are the client's own words.
    """
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return forwarded[:64] or (request.client.host if request.client else None)


ROUTES = [register, login, refresh, logout, me, change, change_password, keys]
