"""Steps of the saga: calls to Stripe, each with an idempotency key that is stored before it is
sent.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

# Kinds of which several steps may be open: each concerns another object.
SEVERAL = ("abandon", "refund", "detach")
# Kinds that need the seeker's card.
ON_A_CARD = ("authorize", "renew", "charge")


class Operation(msgspec.Struct, frozen=True):
    """A claimed step. `tries` includes the current one; it fences off a worker whose lease has
    expired.
    """

    id: UUID
    subject_id: UUID
    kind: str
    attempt: int
    idempotency_key: str
    params: dict[str, Any]
    tries: int
    first_sent_at: datetime
    request_context: dict[str, Any] | None
