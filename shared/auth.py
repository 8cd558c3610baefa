"""Access tokens, verified with identity's public keys by the gateway and again by every service; no
service trusts an identity header.
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

if TYPE_CHECKING:  # the gateway verifies tokens without the framework
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler

ISSUER = "consultant-connect"
AUDIENCE = "consultant-connect"
ALGORITHMS = ("ES256",)
REQUIRED = ["iss", "aud", "sub", "role", "iat", "exp", "jti"]
CACHE_SIZE = 10_000
MAX_TOKEN_LENGTH = 4096
# Identity's tokens are valid for 15 minutes. An attacker who had access to the key for a moment
# must not be able to sign a token that is valid for years.
MAX_LIFETIME = 3600
# Tolerance for clock differences between hosts, in seconds.
LEEWAY_SECONDS = 30


class User(msgspec.Struct, frozen=True):
    """The authenticated caller, as stated in the access token: id, role (seeker or consultant),
    name, sign-in session, and validity period (Unix time).
    """

    id: UUID
    role: str
    first_name: str = ""
    last_name: str = ""
    session_id: str | None = None
    issued_at: int = 0
    expires_at: float = 0.0


class Verifier:
    """Verifies access tokens against identity's published keys (at one URL or several,
    comma-separated). A verified token is cached until it expires or its key is withdrawn.
    """

    def __init__(self, jwks_url: str, fetch: Callable[[str], Any] | None = None) -> None:
        self._keys = PublicKeys(jwks_url, fetch)
        self._cache: dict[str, tuple[str, User]] = {}

    async def verify(self, token: str) -> User:
        """The user that `token` identifies. Raises Unauthenticated if it is malformed, forged,
        expired or from another issuer, and Unavailable if identity's keys cannot be fetched.
        """
        if self._keys.are_old:
            await self._keys.renew()
        cached = self._cache.get(token)
        if cached is not None:
            kid, user = cached
            if time.time() < user.expires_at and kid in self._keys:
                return user
            del self._cache[token]
        return await self._verify_fresh(token)

    async def _verify_fresh(self, token: str) -> User:
        if len(token) > MAX_TOKEN_LENGTH:
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
            # Clearing costs a few milliseconds of re-verification per user; an ordered cache would
            # cost more.
            self._cache.clear()
        self._cache[token] = (kid, user)
        return user


def _user_of(token: str, key: Any) -> User:
    """The user of `token`, if `key` signed it and it is valid now. Raises Unauthenticated."""
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=list(ALGORITHMS),
            audience=AUDIENCE,
            issuer=ISSUER,
            # the library's leeway would also extend the lifetime of tokens
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
    if issued > time.time() + LEEWAY_SECONDS or expires - issued > MAX_LIFETIME:
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
    """Guard: any valid access token. The handler reads the user from `request.user`."""
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
