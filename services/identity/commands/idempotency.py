"""Requests with an `Idempotency-Key`. Only the status of their responses is stored: the bodies
contain secrets, or nothing.
"""

from services.identity.domain.model import IdempotencyClaim
from shared.db import Transaction
from shared.idempotency import claim, store


async def is_first(db: Transaction, asked: IdempotencyClaim | None, status: int) -> bool:
    """Whether the request must be processed: it has no key, or the key is new. Raises
    IdempotencyKeyReused.
    """
    if asked is None:
        return True
    if await claim(db, asked.scope, asked.key, asked.fingerprint) is not None:
        return False
    await store(db, asked.scope, asked.key, status, b"")
    return True
