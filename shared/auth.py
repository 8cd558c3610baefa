"""Access tokens: verified with identity's public keys by the gateway and again by every service;
nobody trusts a header.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import jwt
import msgspec

from shared.problems import Forbidden, Unauthenticated, Unavailable
from shared.telemetry import log

if TYPE_CHECKING:  # the gateway checks tokens without the framework
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler

ISSUER = "consultant-connect"
AUDIENCE = "consultant-connect"
ALGORITHMS = ("ES256",)
REQUIRED = ["iss", "aud", "sub", "role", "iat", "exp", "jti"]
CACHE_SIZE = 10_000
# An unknown key id makes us ask identity again, but not more often than this: forged tokens must
# not become a load on it.
REFETCH_SECONDS = 2.0
REFRESH_SECONDS = 300.0
LONGEST_TOKEN = 4096


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
    comma-separated). A token that was found good is remembered until it expires.
    """

    def __init__(self, jwks_url: str, fetch: Callable[[str], Any] | None = None) -> None:
        self._urls = jwks_url.split(",")
        self._fetch = fetch or fetch_json
        self._keys: dict[str, Any] = {}
        self._fetched = float("-inf")
        self._lock = asyncio.Lock()
        self._cache: dict[str, tuple[float, User]] = {}

    async def verify(self, token: str) -> User:
        """The user that `token` names. Raises Unauthenticated for one that is malformed, forged,
        expired or of another issuer, Unavailable when identity's keys cannot be had.
        """
        cached = self._cache.get(token)
        if cached is not None:
            expires, user = cached
            if time.time() < expires:
                return user
            del self._cache[token]
        return await self._verify_fresh(token)

    async def _verify_fresh(self, token: str) -> User:
        if len(token) > LONGEST_TOKEN:
            raise Unauthenticated
        try:
            kid = jwt.get_unverified_header(token).get("kid")
        except jwt.InvalidTokenError:
            raise Unauthenticated from None
        key = await self._key(kid) if isinstance(kid, str) else None
        if key is None:
            raise Unauthenticated
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": REQUIRED},
            )
            expires = float(claims["exp"])
            user = User(
                id=UUID(claims["sub"]),
                role=str(claims["role"]),
                first_name=str(claims.get("given_name", "")),
                last_name=str(claims.get("family_name", "")),
                session_id=claims.get("sid"),
                issued_at=int(claims["iat"]),
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
        if len(self._cache) >= CACHE_SIZE:
            # a cold start of a few milliseconds per user, rather than a list to keep in order
            self._cache.clear()
        self._cache[token] = (expires, user)
        return user

    async def _key(self, kid: str) -> Any | None:
        age = time.monotonic() - self._fetched
        if (kid not in self._keys and age > REFETCH_SECONDS) or age > REFRESH_SECONDS:
            async with self._lock:
                if time.monotonic() - self._fetched > min(age, REFETCH_SECONDS):
                    await self._load()
        return self._keys.get(kid)

    async def _load(self) -> None:
        try:
            document = await self._document()
            keys = {
                key.key_id: key.key for key in jwt.PyJWKSet.from_dict(document).keys if key.key_id
            }
        except Exception as error:
            if not self._keys:
                log.warning("keys cannot be fetched", reason=type(error).__name__)
                raise Unavailable from None
            self._fetched = time.monotonic() - REFRESH_SECONDS + REFETCH_SECONDS
            return
        self._keys, self._fetched = keys, time.monotonic()

    async def _document(self) -> Any:
        *others, last = self._urls
        for url in others:
            # whatever it is: the next replica has the same keys
            with contextlib.suppress(Exception):
                return await self._fetch(url)
        return await self._fetch(last)


async def fetch_json(url: str) -> Any:
    """The JSON document at an internal http:// `url`: one small GET every few minutes, not worth an
    HTTP client's dependency.
    """
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    reader, writer = await asyncio.wait_for(
        asyncio.open_connection(parts.hostname, parts.port or 80), 2
    )
    try:
        writer.write(f"GET {parts.path} HTTP/1.0\r\nHost: {parts.netloc}\r\n\r\n".encode())
        await writer.drain()
        head, _, body = (await asyncio.wait_for(reader.read(1 << 20), 2)).partition(b"\r\n\r\n")
        while len(chunk := await asyncio.wait_for(reader.read(1 << 20), 2)):
            body += chunk
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        raise OSError(f"{url} answered {head[:40]!r}")
    return msgspec.json.decode(body)


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
