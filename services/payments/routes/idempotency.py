"""`Idempotency-Key` for handlers that call Stripe: the protocol of `shared.idempotency`, but no
transaction is open during the call, so that a claim is released explicitly if the call fails, and
expires if the process dies. Stored responses are encrypted, because they contain secrets.
"""

from __future__ import annotations

import asyncio
import base64
import functools
import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from litestar import Request, Response
from litestar.datastructures import State

from services.payments.store import idempotency as idempotency_store
from services.payments.store.idempotency import IdempotencyClaim
from shared.clock import now
from shared.db import Database
from shared.idempotency import RETENTION, fingerprint_of, is_final, key_of, replayed
from shared.problems import IdempotencyKeyReused, Problem, Unavailable
from shared.telemetry import request_context

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])
# A request whose process died holds its key no longer than this.
ABANDONED = timedelta(seconds=60)
LOOK_EVERY, LOOKS = 0.05, 400


def idempotent_call(handler: Handler) -> Handler:
    """For handlers of POST that take `request` and return a Response of a Struct."""

    @functools.wraps(handler)
    async def wrapper(**kwargs: Any) -> Any:
        request: Request[Any, Any, Any] = kwargs["request"]
        key = key_of(request)
        if key is None:
            return await handler(**kwargs)
        state = request.app.state
        cipher = response_cipher(state)
        mine = IdempotentCall(state.service.database, request.user.id, key, cipher)
        fingerprint = fingerprint_of(request.method, request.url.path, await request.body())
        earlier = await mine.claim_key(fingerprint)
        return earlier if earlier is not None else await mine.run(handler, kwargs)

    return wrapper  # type: ignore[return-value]


def response_cipher(state: State) -> Fernet:
    """Encrypts stored responses: they contain client secrets and onboarding links, with which their
    bearer can act. The key is derived from Stripe's, which is not in the database.
    """
    secret: str = state.settings.stripe_secret_key
    digest = hashlib.sha256(b"stored answers of idempotent calls\0" + secret.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


class IdempotentCall:
    """One request with a user's key: it claims the key and stores its response, or waits for that
    of the request that has claimed it.
    """

    def __init__(self, database: Database, user_id: UUID, key: str, cipher: Fernet) -> None:
        self._database, self._user_id, self._key, self._cipher = database, user_id, key, cipher
        self._claimed_at: datetime | None = None

    async def claim_key(self, fingerprint: bytes) -> Response[Any] | None:
        """The first response, after waiting until it is complete; None if this request is the
        first.
        """
        for _ in range(LOOKS):
            at = now()
            async with self._database.transaction() as db:
                if await idempotency_store.claim_key(db, self._user_id, self._key, fingerprint, at):
                    self._claimed_at = at
                    return None
                earlier = await idempotency_store.get(db, self._user_id, self._key)
            if earlier is None:
                continue
            if _is_over(earlier, at):
                await self._release_key(earlier.created_at)
                continue
            if earlier.fingerprint != fingerprint:
                raise IdempotencyKeyReused
            if earlier.status is not None and earlier.body is not None:
                response = self._decrypted(earlier.status, earlier.body)
                if response is not None:
                    return response
                # Encrypted with a key that has been rolled since.
                await self._release_key(earlier.created_at)
                continue
            await asyncio.sleep(LOOK_EVERY)
        raise Unavailable

    async def run(self, handler: Callable[..., Awaitable[Any]], kwargs: dict[str, Any]) -> Any:
        """Runs the handler and stores its response; after a server error the claim is removed."""
        try:
            response = await handler(**kwargs)
        except Problem as problem:
            if is_final(problem.status):
                await self._store_response(
                    problem.status, problem.body(request_context.get().request_id)
                )
            else:
                await self._release_own_key()
            raise
        except BaseException:
            await self._release_own_key()
            raise
        await self._store_response(response.status_code, msgspec.json.encode(response.content))
        return response

    async def _store_response(self, status: int, body: bytes) -> None:
        async with self._database.transaction() as db:
            sealed = self._cipher.encrypt(body)
            claimed_at = self._claimed_at
            assert claimed_at is not None, "a response is kept for a claim"
            await idempotency_store.store_response(
                db, self._user_id, self._key, claimed_at, status, sealed
            )

    def _decrypted(self, status: int, stored: bytes) -> Response[Any] | None:
        """The stored response; None if it can no longer be decrypted."""
        try:
            body = self._cipher.decrypt(stored)
        except InvalidToken:
            return None
        return replayed(status, body)

    async def _release_own_key(self) -> None:
        if self._claimed_at is not None:
            await self._release_key(self._claimed_at)

    async def _release_key(self, claimed_at: datetime) -> None:
        """Ends the claim of that moment: another request may have made a new one since."""
        async with self._database.transaction() as db:
            await idempotency_store.release_key(db, self._user_id, self._key, claimed_at)


def _is_over(claim: IdempotencyClaim, at: datetime) -> bool:
    age = at - claim.created_at
    return age > RETENTION.kept_for or (claim.status is None and age > ABANDONED)
