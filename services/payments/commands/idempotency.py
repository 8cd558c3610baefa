"""Calls of Stripe with an `Idempotency-Key`: the protocol of `shared.idempotency`, but no
transaction is open during the call, so that a claim is released explicitly if the call fails, and
expires if the process dies. Stored responses are encrypted, because they contain secrets.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken

from services.payments.store import idempotency as idempotency_store
from services.payments.store.idempotency import IdempotencyClaim
from shared.clock import now
from shared.db import Database
from shared.idempotency import RETENTION, is_final
from shared.problems import IdempotencyKeyReused, Problem, Unavailable
from shared.telemetry import request_context

T = TypeVar("T")
# A request whose process died holds its key no longer than this.
ABANDONED = timedelta(seconds=60)
# For 20 seconds: how often, and after how many seconds each, the first response is looked for.
LOOKS, LOOK_EVERY = 400, 0.05


class StoredResponse(NamedTuple):
    """What repeated calls with the same key get: HTTP status and body."""

    status: int
    body: bytes


def response_cipher(stripe_secret_key: str) -> Fernet:
    """Encrypts stored responses: they contain client secrets and onboarding links, with which their
    bearer can act. The key is derived from Stripe's, which is not in the database.
    """
    text = b"stored answers of idempotent calls\0" + stripe_secret_key.encode()
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(text).digest()))


class IdempotentCall:
    """One request with a user's key: it claims the key and stores its response, or waits for that
    of the request that has claimed it.
    """

    def __init__(self, database: Database, cipher: Fernet, user_id: UUID, key: str) -> None:
        self._database, self._cipher, self._user_id, self._key = database, cipher, user_id, key
        self._claimed_at: datetime | None = None

    async def claim_key(self, fingerprint: bytes) -> StoredResponse | None:
        """The first response, after waiting until it is complete; None if this request is the
        first. Raises IdempotencyKeyReused if the first was another request, and Unavailable if its
        response takes too long.
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

    async def run(
        self, call: Callable[[], Awaitable[T]], stored: Callable[[T], StoredResponse]
    ) -> T:
        """Makes the call and stores its response, which is the `stored` form of the result, or of
        a problem that is final; after any other error the claim is removed.
        """
        try:
            result = await call()
        except Problem as problem:
            if is_final(problem.status):
                body = problem.body(request_context.get().request_id)
                await self._store_response(StoredResponse(problem.status, body))
            else:
                await self._release_own_key()
            raise
        except BaseException:
            await self._release_own_key()
            raise
        await self._store_response(stored(result))
        return result

    async def _store_response(self, response: StoredResponse) -> None:
        async with self._database.transaction() as db:
            sealed = self._cipher.encrypt(response.body)
            claimed_at = self._claimed_at
            assert claimed_at is not None, "a response is kept for a claim"
            await idempotency_store.store_response(
                db, self._user_id, self._key, claimed_at, response.status, sealed
            )

    def _decrypted(self, status: int, stored: bytes) -> StoredResponse | None:
        """The stored response; None if it can no longer be decrypted."""
        try:
            return StoredResponse(status, self._cipher.decrypt(stored))
        except InvalidToken:
            return None

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
