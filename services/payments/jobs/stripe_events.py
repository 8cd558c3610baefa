"""The job `stripe-events`: handles pending events, a few at a time, and retries with increasing
pauses those that cannot be handled yet.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from services.payments.domain.model import StripeEventState
from services.payments.metrics import STRIPE_EVENTS
from services.payments.signals import stripe_events_due
from services.payments.store import stripe_events as stripe_events_store
from services.payments.stripe_api import Refused, StripeProblem, events
from services.payments.webhook.context import StripeContext
from services.payments.webhook.errors import NotOurs, NotYet
from services.payments.webhook.handlers import HANDLERS, is_ours, reason_to_ignore
from shared.clock import now
from shared.telemetry import log

AT_ONCE = 8
LEASE = timedelta(seconds=60)
# Pauses double from 0.2 s to an hour. After about a day of tries the event is `failed`; it is kept,
# and an operator can replay it.
FIRST_PAUSE, MAX_PAUSE, MAX_TRIES = 0.2, 3600.0, 36


class EventsJob:
    """Handles the pending events that this process has claimed."""

    def __init__(self, context: StripeContext) -> None:
        self._context = context

    async def work(self) -> bool:
        """Job: one batch; whether there is likely more."""
        claimed = await stripe_events_store.claim(self._context.database, AT_ONCE, LEASE)
        handled = await asyncio.gather(*(self._handle(one) for one in claimed))
        done = [one.event_id for one, ok in zip(claimed, handled, strict=True) if ok]
        if done:
            await self._note(done, state=StripeEventState.DONE, handled_at=now(), last_error=None)
            STRIPE_EVENTS.labels("handled").inc(len(done))
        return len(claimed) == AT_ONCE

    async def _handle(self, claimed: stripe_events_store.Claimed) -> bool:
        """Whether the event was handled; if not, records what becomes of it."""
        try:
            event = events.read(claimed.body)
            reason = reason_to_ignore(event, livemode=self._context.stripe.livemode)
            if reason is not None:  # an operator has replayed it
                await self._ignore(claimed, reason)
                return False
            await HANDLERS[event.type](self._context, event)
        except NotOurs as why:
            await self._again(claimed, str(why), ours=False)
        except NotYet as why:
            await self._again(claimed, str(why))
        except Refused as why:
            gone = why.code == "resource_missing"
            ours = not gone or await is_ours(self._context, event)
            await self._again(claimed, str(why), gone=gone, ours=ours)
        except StripeProblem as why:
            await self._again(claimed, str(why))
        except Exception as error:
            log.error(
                "event broke off",
                event_id=claimed.event_id,
                event_type=claimed.type,
                exc_info=error,
            )
            await self._again(claimed, f"{type(error).__name__}: {error}")
        else:
            return True
        return False

    async def _ignore(self, claimed: stripe_events_store.Claimed, why: str) -> None:
        await self._note(
            [claimed.event_id],
            state=StripeEventState.IGNORED,
            handled_at=now(),
            last_error=why[:500],
        )
        STRIPE_EVENTS.labels("ignored").inc()

    async def _again(
        self,
        claimed: stripe_events_store.Claimed,
        why: str,
        *,
        gone: bool = False,
        ours: bool = True,
    ) -> None:
        """Schedules another try; after the last one the event has failed, or is ignored if it is
        not about an object of this service.
        """
        last = claimed.tries >= (8 if gone else MAX_TRIES)
        if last and not ours:
            await self._ignore(claimed, why)
            return
        if last:
            log.error(
                "event given up", event_id=claimed.event_id, event_type=claimed.type, reason=why
            )
            await self._note(
                [claimed.event_id], state=StripeEventState.FAILED, last_error=why[:500]
            )
            STRIPE_EVENTS.labels("failed").inc()
            return
        pause = min(FIRST_PAUSE * 2 ** (claimed.tries - 1), MAX_PAUSE)
        await self._note(
            [claimed.event_id], due_at=now() + timedelta(seconds=pause), last_error=why[:500]
        )
        STRIPE_EVENTS.labels("rescheduled").inc()
        stripe_events_due.wake_later(pause + 0.01)

    async def _note(self, ids: list[str], **values: Any) -> None:
        async with self._context.database.transaction() as db:
            await stripe_events_store.save(db, ids, **values)
