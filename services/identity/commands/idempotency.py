"""Requests with an `Idempotency-Key`. Only the status of their responses is stored: the bodies
contain secrets, or nothing.
"""

from services.identity.domain.model import IdempotencyClaim
from shared.db import Transaction
from shared.idempotency import claim_key, store_response


async def is_first(db: Transaction, claim: IdempotencyClaim | None, status: int) -> bool:
    """Whether the request must be processed: it has no key, or the key is new. Raises
    IdempotencyKeyReused.
    """
    if claim is None:
        return True
    if await claim_key(db, claim.scope, claim.key, claim.fingerprint) is not None:
        return False
    await store_response(db, claim.scope, claim.key, status, b"")
    return True
