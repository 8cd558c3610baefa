"""What several kinds of step have in common."""

from __future__ import annotations

from datetime import timedelta

from services.payments.domain.operations import Operation
from services.payments.store import operations
from services.payments.stripe_api import Refused, Stripe, intents
from services.payments.stripe_api.intents import Intent
from shared.clock import now
from shared.db import Transaction
from shared.telemetry import log


async def cancel(stripe: Stripe, operation: Operation) -> Intent:
    """Cancels the step's intent, which releases what it holds."""
    return await intents.cancel_intent(
        stripe, operation.params["intent"], key=operation.idempotency_key
    )


async def find_canceled(stripe: Stripe, operation: Operation) -> Intent | None:
    """The step's intent if it is final; None if a cancellation in doubt did nothing."""
    return await intents.ended_intent(stripe, operation.params["intent"])


async def retry_with_new_key(
    db: Transaction, operation: Operation, _: object, why: Refused
) -> None:
    """Stripe refused a step that is needed: logs an error and plans it again with a new key, after
    a pause that grows with the attempts.
    """
    log.error(
        "operation refused", kind=operation.kind, subject_id=operation.subject_id, reason=str(why)
    )
    pause = timedelta(seconds=operations.pause_after(operation.attempt + 5))
    await operations.plan(
        db, operation.kind, operation.subject_id, operation.params, due_at=now() + pause
    )
