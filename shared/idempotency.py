"""`Idempotency-Key`: the same key with the same body gets the first response again, even if both
requests run concurrently.

Inserting the key's row is the first write of the command's own transaction: a second request with
the key waits on the unique index until the first has committed, and then finds its response. The
first response counts even if it was an error of the client (4xx). A server error (5xx), a 401 and a
429 leave no trace, because the client is meant to try the same request again.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Protocol, TypeVar
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.status_codes import HTTP_204_NO_CONTENT
from sqlalchemy import (
    Column,
    DateTime,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Uuid,
    delete,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from shared.clock import now
from shared.db import Transaction
from shared.problems import MEDIA_TYPE, FieldError, IdempotencyKeyReused, Problem, ValidationFailed
from shared.pruning import Retention
from shared.telemetry import request_context

_KEY = re.compile(r"^[\x20-\x7e]{1,255}$")

idempotency_keys = Table(
    "idempotency_keys",
    MetaData(),
    Column("user_id", Uuid, primary_key=True),
    Column("key", String, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", SmallInteger),
    Column("body", LargeBinary),
    Column("created_at", DateTime(timezone=True), nullable=False),
)
RETENTION = Retention(idempotency_keys, idempotency_keys.c.created_at, timedelta(hours=24))

_stored_response = select(
    idempotency_keys.c.fingerprint,
    idempotency_keys.c.status,
    idempotency_keys.c.body,
    idempotency_keys.c.created_at,
)

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])


class Cipher(Protocol):
    """Encrypts stored responses that contain a secret."""

    def encrypt(self, response: str, /) -> bytes:
        """The stored form of a response."""

    def decrypt(self, stored: bytes, /) -> str:
        """The response that was stored."""


def idempotent(handler: Handler) -> Handler:
    """Decorator for POST handlers that take `request` and `db` (and always respond with the same
    status): honours `Idempotency-Key`. Errors: 400 for a malformed key, 422
    `idempotency_key_reused` for the same key with another request.
    """

    @functools.wraps(handler)
    async def wrapper(**kwargs: Any) -> Any:
        request: Request[Any, Any, Any] = kwargs["request"]
        if key_of(request) is None:
            return await handler(**kwargs)
        return await run_once(kwargs["db"], request, functools.partial(handler, **kwargs))

    return wrapper  # type: ignore[return-value]


def key_of(request: Request[Any, Any, Any]) -> str | None:
    """The request's `Idempotency-Key`, or None. Raises ValidationFailed for a malformed one."""
    key = request.headers.get("idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        raise ValidationFailed(
            [FieldError("Idempotency-Key", "must be 1 to 255 printable ASCII characters")]
        )
    return key


async def run_once(
    db: Transaction,
    request: Request[Any, Any, Any],
    work: Callable[[], Awaitable[Any]],
    cipher: Cipher | None = None,
) -> Response[Any]:
    """The result of `work`, or the stored response if the request's key was used before. The
    changes of `work` and the key's row are one transaction, that of `db`. A response that contains
    a secret is encrypted with `cipher`. Raises IdempotencyKeyReused.
    """
    user_id, key = request.user.id, key_of(request)
    assert key is not None
    fingerprint = fingerprint_of(request.method, request.url.path, await request.body())
    earlier = await claim_key(db, user_id, key, fingerprint)
    if earlier is not None:
        if cipher is not None:
            earlier.content = cipher.decrypt(earlier.content).encode()
        return earlier
    try:
        async with db.savepoint():
            result = await work()
    except Problem as problem:
        if not is_final(problem.status):
            raise
        body = problem.body(request_context.get().request_id)
        await store_response(db, user_id, key, problem.status, _encrypted(body, cipher))
        return Response(
            body, status_code=problem.status, media_type=MEDIA_TYPE, headers=dict(problem.headers)
        )
    if isinstance(result, Response):
        status, content = result.status_code or request.route_handler.status_code, result.content
    else:
        status, content = request.route_handler.status_code, result
    # As Litestar does: None is null, except where a status allows no body.
    body = b"" if status == HTTP_204_NO_CONTENT else msgspec.json.encode(content)
    await store_response(db, user_id, key, status, _encrypted(body, cipher))
    return Response(body, status_code=status, media_type="application/json")


def is_final(status: int) -> bool:
    """Whether a response with that status is what the same request gets again."""
    return status < 500 and status not in (401, 429)


def _encrypted(body: bytes, cipher: Cipher | None) -> bytes:
    return body if cipher is None else cipher.encrypt(body.decode())


def fingerprint_of(method: str, path: str, body: bytes) -> bytes:
    """Identifies a request: method, path and the bytes of the body."""
    return hashlib.sha256(b"\0".join((method.encode(), path.encode(), body))).digest()


async def claim_key(
    db: Transaction, user_id: UUID, key: str, fingerprint: bytes
) -> Response[Any] | None:
    """Claims `key` in this transaction, waiting for a concurrent claim to finish; returns the first
    response if there is one. Raises IdempotencyKeyReused if the key belongs to another request.
    """
    at = now()
    statement = insert(idempotency_keys).values(
        user_id=user_id, key=key, fingerprint=fingerprint, created_at=at
    )
    for _ in range(2):
        if (await db.execute(statement.on_conflict_do_nothing())).rowcount == 1:
            return None
        mine = (idempotency_keys.c.user_id == user_id) & (idempotency_keys.c.key == key)
        row = (await db.execute(_stored_response.where(mine))).one_or_none()
        if row is not None and row.created_at > at - RETENTION.kept_for:
            if row.fingerprint != fingerprint:
                raise IdempotencyKeyReused
            return replayed(row.status, row.body)
        await db.execute(delete(idempotency_keys).where(mine))
    raise IdempotencyKeyReused


def replayed(status: int, body: bytes) -> Response[Any]:
    """A stored response as it is sent again."""
    return Response(
        body,
        status_code=status,
        media_type=MEDIA_TYPE if status >= 400 else "application/json",
        headers={"Idempotent-Replayed": "true"},
    )


async def store_response(
    db: Transaction, user_id: UUID, key: str, status: int, body: bytes
) -> None:
    """Stores the first response for `key`."""
    mine = (idempotency_keys.c.user_id == user_id) & (idempotency_keys.c.key == key)
    await db.execute(update(idempotency_keys).where(mine).values(status=status, body=body))
