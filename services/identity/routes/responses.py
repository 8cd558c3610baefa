"""Responses shared by the routes of sessions and accounts."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from litestar import Request, Response

from services.identity.commands.access_tokens import Signer, access_token
from services.identity.domain.model import IdempotencyClaim, IssuedSession
from services.identity.domain.tokens import REFRESH_LIFE
from services.identity.schemas import Session, session_schema
from services.identity.settings import IdentitySettings
from shared.idempotency import key_of

# Browsers accept Secure on http://localhost too. The path keeps the cookie away from all other
# services.
COOKIE_RULES = "HttpOnly; Secure; SameSite=Strict; Path=/users"


def session_response(
    issued: IssuedSession,
    signer: Signer,
    settings: IdentitySettings,
    *,
    in_cookie: bool,
    status: int,
) -> Response[Session]:
    """The session, with its refresh token in the body or in a cookie."""
    headers = {"Cache-Control": "no-store"}
    if in_cookie:
        age = int(REFRESH_LIFE.total_seconds())
        headers["Set-Cookie"] = (
            f"{settings.cookie}={issued.refresh_token}; {COOKIE_RULES}; Max-Age={age}"
        )
    session = session_schema(issued, access_token(signer, issued), in_cookie=in_cookie)
    return Response(session, status_code=status, headers=headers)


def removed_cookie(settings: IdentitySettings) -> str:
    """The Set-Cookie header that deletes the refresh cookie."""
    return f"{settings.cookie}=; {COOKIE_RULES}; Max-Age=0"


async def idempotency_claim(
    request: Request[Any, Any, Any], settings: IdentitySettings, scope: UUID
) -> IdempotencyClaim | None:
    """The request's Idempotency-Key. The body contains a password, so the stored fingerprint is
    keyed: passwords cannot be guessed from it without the secret from the environment.
    """
    key = key_of(request)
    if key is None:
        return None
    text = request.url.path.encode() + b"\0" + await request.body()
    digest = hashlib.blake2b(text, key=settings.secret, digest_size=32, person=b"idempotency")
    return IdempotencyClaim(scope, key, digest.digest())
