"""/users/login, refresh, logout, /users/me/sessions, the public keys"""

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.params import FromPath, JSONBody

from services.identity.commands import sessions
from services.identity.errors import InvalidCredentials
from services.identity.queries import session_of, sessions_of
from services.identity.routes.dependencies import From, Hasher, Keys, Settings
from services.identity.routes.responses import removed_cookie, session_response
from services.identity.schemas import (
    NewSession,
    PublicKeys,
    RefreshSession,
    Session,
    SignIn,
    public_keys_schema,
    sign_in_schema,
)
from shared.auth import signed_in
from shared.dependencies import AuthenticatedRequest, Db, Pool, Reader
from shared.openapi import errors
from shared.paging import Cursor, Limit, Page
from shared.problems import NotFound, RateLimited, Unauthenticated


@post(
    "/users/login",
    status_code=200,
    responses=errors(InvalidCredentials, RateLimited),
    tags=["identity"],
    summary="Sign in",
)
async def login(
    pool: Pool,
    passwords: Hasher,
    keyring: Keys,
    settings: Settings,
    client: From,
    data: JSONBody[NewSession],
) -> Response[Session]:
    """Starts a session. An unknown address and a wrong password get the same response after the
    same time.
    """
    issued = await sessions.log_in(
        pool,
        passwords,
        email=data.email,
        password=data.password,
        address=client.address,
        user_agent=client.user_agent,
        limit=settings.login_attempts_per_minute,
    )
    signer = await keyring.signer()
    return session_response(
        issued, signer, settings, in_cookie=data.refresh == "cookie", status=200
    )


@post(
    "/users/refresh",
    status_code=200,
    responses=errors(Unauthenticated),
    tags=["identity"],
    summary="Continue a session",
)
async def refresh(
    request: Request[Any, Any, Any],
    pool: Pool,
    keyring: Keys,
    settings: Settings,
    data: JSONBody[RefreshSession | None] = None,
) -> Response[Session]:
    """Exchanges the refresh token, from the body or the cookie, for a new access token and the next
    refresh token, returned in the same place.

    A refresh token can be used once: if it is used again, its whole session is revoked. Only for
    some seconds, and while its successor has not been used, it is accepted again, because the
    response may have been lost.
    """
    given = data.refresh_token if data else None
    # The cookie is never deleted here: of two tabs that refresh at once, the one that loses would
    # delete the winner's cookie.
    token = given or request.cookies.get(settings.cookie)
    if not token:
        raise Unauthenticated("There is no refresh token. Sign in first.")
    signer = await keyring.signer()
    issued = await sessions.refresh_session(pool, token, settings.refresh_grace)
    return session_response(issued, signer, settings, in_cookie=not given, status=200)


@post(
    "/users/logout",
    status_code=204,
    guards=[signed_in],
    responses=errors(Unauthenticated),
    tags=["identity"],
    summary="End this session",
)
async def logout(request: AuthenticatedRequest, db: Db, settings: Settings) -> Response[None]:
    """Revokes the refresh tokens of this session and deletes the cookie."""
    await sessions.log_out(db, request.user, request.cookies.get(settings.cookie))
    return Response(None, status_code=204, headers={"Set-Cookie": removed_cookie(settings)})


@get(
    "/users/me/sessions",
    guards=[signed_in],
    responses=errors(Unauthenticated),
    tags=["identity"],
    summary="List my sessions",
)
async def mine(
    request: AuthenticatedRequest, reader: Reader, limit: Limit = 20, cursor: Cursor = None
) -> Page[SignIn]:
    """My live sessions, newest first."""
    found = await sessions_of(reader, request.user, limit, cursor)
    current = session_of(request.user)
    return found.map(lambda session: sign_in_schema(session, current))


@delete(
    "/users/me/sessions/{session_id:uuid}",
    status_code=204,
    guards=[signed_in],
    responses=errors(Unauthenticated, NotFound),
    tags=["identity"],
    summary="End one of my sessions",
)
async def end(request: AuthenticatedRequest, db: Db, session_id: FromPath[UUID]) -> None:
    """Revokes its refresh tokens; an access token already issued stays valid for at most 15
    minutes.
    """
    await sessions.revoke_session(db, request.user, session_id)


@get("/.well-known/jwks.json", tags=["identity"], summary="Show the public keys of access tokens")
async def keys(keyring: Keys) -> Response[PublicKeys]:
    """The keys with which access tokens are verified (RFC 7517). A new key is published before the
    first token that it signs.
    """
    published = public_keys_schema(await keyring.published())
    return Response(published, headers={"Cache-Control": "public, max-age=300"})


HANDLERS = (login, refresh, logout, mine, end, keys)
