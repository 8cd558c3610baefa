"""Access tokens: verified with identity's public keys by the gateway and again by every service;
nobody trusts a header.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import jwt
import msgspec

from shared.problems import Forbidden, Unauthenticated
from shared.public_keys import PublicKeys

if TYPE_CHECKING:  # the gateway checks tokens without the framework
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler

ISSUER = "consultant-connect"
AUDIENCE = "consultant-connect"
ALGORITHMS = ("ES256",)
REQUIRED = ["iss", "aud", "sub", "role", "iat", "exp", "jti"]
CACHE_SIZE = 10_000
LONGEST_TOKEN = 4096
# Identity's are valid for 15 minutes. Whoever had a key for a moment shall not have made a token
# for years with it.
LONGEST_LIFE = 3600
# The clocks of two hosts differ.
LEEWAY_SECONDS = 30


class User(msgspec.Struct, frozen=True):
    """Who is asking, as their access token says: id, role (seeker or consultant), name, the session
    it belongs to, and from when until when it is valid (Unix time).
    """

    id: UUID
    role: str
    first_name: str = ""
    last_name: str = ""
    session_id: str | None = None
    issued_at: int = 0
    expires_at: float = 0.0


class Verifier:
    """Checks access tokens against identity's published keys (at one address or several,
    comma-separated). A token that was found good is remembered until it expires or its key is
    withdrawn.
    """

    def __init__(self, jwks_url: str, fetch: Callable[[str], Any] | None = None) -> None:
        self._keys = PublicKeys(jwks_url, fetch)
        self._cache: dict[str, tuple[str, User]] = {}

    async def verify(self, token: str) -> User:
        """The user that `token` names. Raises Unauthenticated for one that is malformed, forged,
        expired or of another issuer, Unavailable when identity's keys cannot be had.
        """
        if self._keys.are_old:
            await self._keys.refresh()
        cached = self._cache.get(token)
        if cached is not None:
            kid, user = cached
            if time.time() < user.expires_at and kid in self._keys:
                return user
            del self._cache[token]
        return await self._verify_fresh(token)

    async def _verify_fresh(self, token: str) -> User:
        if len(token) > LONGEST_TOKEN:
            raise Unauthenticated
        try:
            kid: object = jwt.get_unverified_header(token).get("kid")
        except jwt.InvalidTokenError:
            raise Unauthenticated from None
        if not isinstance(kid, str):
            raise Unauthenticated
        key = await self._keys.find(kid)
        if key is None:
            raise Unauthenticated
        user = _user_of(token, key)
        if len(self._cache) >= CACHE_SIZE:
            # a cold start of a few milliseconds per user, rather than a list to keep in order
            self._cache.clear()
        self._cache[token] = (kid, user)
        return user


def _user_of(token: str, key: Any) -> User:
    """Whom `token` names, if `key` signed it and it is valid now. Raises Unauthenticated."""
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=list(ALGORITHMS),
            audience=AUDIENCE,
            issuer=ISSUER,
            # the library's leeway would lengthen the life of tokens too
            options={"require": REQUIRED, "verify_iat": False},
        )
        issued, expires = int(claims["iat"]), float(claims["exp"])
        user = User(
            id=UUID(claims["sub"]),
            role=str(claims["role"]),
            first_name=str(claims.get("given_name", "")),
            last_name=str(claims.get("family_name", "")),
            session_id=claims.get("sid"),
            issued_at=issued,
            expires_at=expires,
        )
    except (
        jwt.InvalidTokenError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        OverflowError,
    ):
        raise Unauthenticated from None
    if issued > time.time() + LEEWAY_SECONDS or expires - issued > LONGEST_LIFE:
        raise Unauthenticated
    return user


def bearer(header: str | None) -> str | None:
    """The token in an Authorization header, or None."""
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def _of(connection: ASGIConnection[Any, Any, Any, Any]) -> Verifier:
    verifier: Verifier = connection.app.state.verifier
    return verifier


async def signed_in(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard: anybody with a valid access token. The handler finds them as `request.user`."""
    token = bearer(connection.headers.get("authorization"))
    if token is None:
        raise Unauthenticated
    connection.scope["user"] = await _of(connection).verify(token)


async def seeker(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Guard: a signed-in seeker."""
    await signed_in(connection, handler)
    if connection.scope["user"].role != "seeker":
        raise Forbidden("Only a seeker may do this.")


async def consultant(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Guard: a signed-in consultant."""
    await signed_in(connection, handler)
    if connection.scope["user"].role != "consultant":
        raise Forbidden("Only a consultant may do this.")
