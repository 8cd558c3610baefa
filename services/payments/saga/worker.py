"""The job `operations`: claims due steps, calls Stripe between two transactions and records the
outcome.

Eight at once: Stripe answers in 100–500 ms and allows 25 (test) to 100 writes a second. A slow one
holds up its own slot only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

import msgspec

from services.payments.domain.operations import Operation, StepKind, StepState
from services.payments.metrics import STEPS
from services.payments.saga import saved_cards
from services.payments.saga.authorizations import ABANDON, AUTHORIZE, CARD_IS_GONE, RENEW
from services.payments.saga.captures import RELEASE, Captures
from services.payments.saga.detachments import DETACH
from services.payments.saga.kinds import Answer, Kind, Locked
from services.payments.saga.refunds import REFUND
from services.payments.saga.transfers import REVERSE, TRANSFER
from services.payments.signals import steps_due
from services.payments.store import claims, operations
from services.payments.store.operations import pause_after
from services.payments.stripe_api import KEY_TRUSTED_FOR, Declined, Refused, Stripe, Uncertain
from shared.clock import now
from shared.db import Database, Transaction
from shared.tasks import cancel_and_wait
from shared.telemetry import RequestContext, log, request_context

AT_ONCE = 8
Outcome = TypeVar("Outcome")


def kinds(payout_delay: timedelta) -> dict[StepKind, Kind[Any, Any]]:
    """Every kind of step; `payout_delay` lies between a capture and its payout."""
    captures = Captures(payout_delay)
    return {
        StepKind.AUTHORIZE: AUTHORIZE,
        StepKind.RENEW: RENEW,
        StepKind.ABANDON: ABANDON,
        StepKind.CAPTURE: captures.capture,
        StepKind.CHARGE: captures.charge,
        StepKind.SETTLE: captures.settle,
        StepKind.RELEASE: RELEASE,
        StepKind.TRANSFER: TRANSFER,
        StepKind.REVERSE: REVERSE,
        StepKind.REFUND: REFUND,
        StepKind.DETACH: DETACH,
    }


class Worker:
    """Executes due steps in this process."""

    def __init__(
        self,
        database: Database,
        stripe: Stripe,
        kinds: dict[StepKind, Kind[Any, Any]],
        at_once: int = AT_ONCE,
    ) -> None:
        self.database, self._stripe, self._kinds = database, stripe, kinds
        self._at_once = at_once
        self._running: set[asyncio.Task[None]] = set()
        self._more = False

    async def work(self) -> bool:
        """Job: claims as many due steps as there are free slots and starts them; does not wait for
        them.
        """
        free = self._at_once - len(self._running)
        if free <= 0:
            self._more = True
            return False
        claimed = await claims.claim(self.database, free)
        self._more = len(claimed) == free
        for operation in claimed:
            self.start(operation)
        return False

    def has_room(self) -> bool:
        """Whether fewer steps are running than may."""
        return len(self._running) < self._at_once

    def start(self, operation: Operation) -> None:
        """Executes a claimed step in the background."""
        task = asyncio.create_task(self._run(operation))
        self._running.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if self._more:
            steps_due.wake()

    async def drain(self) -> None:
        """Works until nothing is due and nothing runs. For tests and for operators' commands."""
        while True:
            await self.work()
            if not self._running:
                return
            await asyncio.gather(*self._running)

    async def stop(self) -> None:
        """Lets running steps end for a while, then leaves them to their lease."""
        if self._running:
            await asyncio.wait(self._running, timeout=10)
        await cancel_and_wait(*self._running)

    async def _run(self, operation: Operation) -> None:
        # What the step publishes was caused by the event for which it was planned. A newer replica
        # may have planned it, with fields that this one does not know: convert ignores them.
        request_context.set(msgspec.convert(operation.request_context or {}, RequestContext))
        try:
            await self.execute(operation)
        except Exception as error:
            # When the lease expires, the same key is sent again and Stripe repeats its answer.
            log.error(
                "operation broke off",
                kind=operation.kind,
                subject_id=operation.subject_id,
                exc_info=error,
            )

    async def execute(self, operation: Operation) -> None:
        """Calls Stripe and records the outcome."""
        kind, removed = self._kinds[operation.kind], False
        try:
            # Every outcome is that of the card with which the step was sent.
            operation = await saved_cards.with_card(self.database, self._stripe, operation)
            removed = await saved_cards.detach_removed(self.database, self._stripe, operation)
            answer = await self._ask(kind, operation)
        except Uncertain as why:
            await self._reschedule(operation, str(why))
        except Declined as declined:
            if kind.decline is None:
                refused = Refused(declined.code, "declined")
                await self._record(operation, kind, kind.refuse, refused, error=declined.code)
            else:
                await self._record(operation, kind, kind.decline, declined, error=declined.code)
        except Refused as refused:
            if removed and refused.code in CARD_IS_GONE:
                await self._plan_with_new_key(operation)
            elif refused.code == "unauthorized":
                log.error("Stripe does not take our key", kind=operation.kind)
                # An earlier try may still have taken effect.
                await self._reschedule(operation, str(refused), in_doubt=operation.tries > 1)
            else:
                await self._record(operation, kind, kind.refuse, refused, error=str(refused))
        else:
            if answer is None:
                await self._plan_with_new_key(operation)
            else:
                await self._record(operation, kind, kind.succeed, answer)

    async def _ask(self, kind: Kind[Any, Answer], operation: Operation) -> Answer | None:
        """The answer to this step; None if its key can no longer be used and nothing was done."""
        if now() - operation.first_sent_at > KEY_TRUSTED_FOR:
            return await kind.find(self._stripe, operation)
        try:
            return await kind.send(self._stripe, operation)
        except Uncertain as why:
            if not why.replayed:
                raise
        except Refused as refused:
            if refused.code != "idempotency_error":
                raise
        return await kind.find(self._stripe, operation)

    async def _record(
        self,
        operation: Operation,
        kind: Kind[Locked, Any],
        record: Callable[[Transaction, Operation, Locked, Outcome], Awaitable[None]],
        outcome: Outcome,
        *,
        error: str | None = None,
    ) -> None:
        """Finishes the step, as failed if there is an `error`, and records its outcome."""
        state = StepState.DONE if error is None else StepState.FAILED
        stripe_id = getattr(outcome, "id", None) if error is None else None
        async with self.database.transaction() as db:
            # The payment is locked before its steps, as everywhere.
            locked = await kind.lock(db, operation)
            if await claims.finish(db, operation, state, stripe_id=stripe_id, error=error):
                await record(db, operation, locked, outcome)
        STEPS.labels(operation.kind, state).inc()

    async def _reschedule(self, operation: Operation, why: str, *, in_doubt: bool = True) -> None:
        pause = pause_after(operation.tries)
        log.warning(
            "operation rescheduled",
            kind=operation.kind,
            subject_id=operation.subject_id,
            reason=why,
            seconds=pause,
        )
        async with self.database.transaction() as db:
            await claims.reschedule(db, operation, pause, why, in_doubt=in_doubt)
        STEPS.labels(operation.kind, "rescheduled").inc()
        steps_due.wake_later(pause + 0.01)

    async def _plan_with_new_key(self, operation: Operation) -> None:
        """Plans the step again with a new key and the card on file then: the old key can no longer
        be used, and nothing was done with it.
        """
        params = {
            name: value for name, value in operation.params.items() if name != "payment_method"
        }
        async with self.database.transaction() as db:
            if await claims.finish(db, operation, StepState.FAILED, error="key spent"):
                await operations.plan(db, operation.kind, operation.subject_id, params)
