"""`Idempotency-Key` of handlers that call Stripe."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from cryptography.fernet import Fernet
from litestar import Response

from services.payments.commands.idempotency import IdempotentCall, StoredResponse
from shared.db import Database
from shared.dependencies import AuthenticatedRequest
from shared.idempotency import fingerprint_of, key_of, replayed


async def call_once(
    request: AuthenticatedRequest,
    database: Database,
    cipher: Fernet,
    call: Callable[[], Awaitable[Response[Any]]],
) -> Response[Any]:
    """The response of `call`, or the stored one if the request's key was used before. `cipher`
    encrypts the latter. Raises IdempotencyKeyReused.
    """
    key = key_of(request)
    if key is None:
        return await call()
    idempotent = IdempotentCall(database, cipher, request.user.id, key)
    fingerprint = fingerprint_of(request.method, request.url.path, await request.body())
    earlier = await idempotent.claim_key(fingerprint)
    if earlier is not None:
        return replayed(earlier.status, earlier.body)
    return await idempotent.run(call, _stored)


def _stored(response: Response[Any]) -> StoredResponse:
    assert response.status_code is not None
    return StoredResponse(response.status_code, msgspec.json.encode(response.content))
