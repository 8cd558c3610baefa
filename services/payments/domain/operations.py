"""Steps of the saga: calls to Stripe, each with an idempotency key that is stored before it is
sent.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec


class StepKind(StrEnum):
    """What a step does at Stripe. All but DETACH, which is the seeker's, are steps of a booking."""

    # Holds the money.
    AUTHORIZE = "authorize"
    # Holds it anew before the hold lapses.
    RENEW = "renew"
    # Cancels an intent that is not the payment's.
    ABANDON = "abandon"
    CAPTURE = "capture"
    # Charges the card because the hold was lost.
    CHARGE = "charge"
    # Reads how a capture has settled.
    SETTLE = "settle"
    # Cancels the payment's hold.
    RELEASE = "release"
    # Sends the consultant's share, or a part of it.
    TRANSFER = "transfer"
    # Reverses what was sent in excess.
    REVERSE = "reverse"
    REFUND = "refund"
    # Detaches a card that was removed or replaced.
    DETACH = "detach"


class StepState(StrEnum):
    """The state of a step. DUE: it can be sent from its due time on. RUNNING: a worker has claimed
    it. WAITING: for the consultant's account. DROPPED: it was never sent, and is not needed.
    """

    DUE = "due"
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"


# Kinds of which several steps may be open: each concerns another object.
SEVERAL = (StepKind.ABANDON, StepKind.REFUND, StepKind.DETACH)
# Kinds that need the seeker's card.
ON_A_CARD = (StepKind.AUTHORIZE, StepKind.RENEW, StepKind.CHARGE)


class Operation(msgspec.Struct, frozen=True):
    """A claimed step. `tries` includes the current one; it fences off a worker whose lease has
    expired.
    """

    id: UUID
    subject_id: UUID
    kind: StepKind
    attempt: int
    idempotency_key: str
    params: dict[str, Any]
    tries: int
    first_sent_at: datetime
    request_context: dict[str, Any] | None
