"""The job `stripe-gaps`: lists Stripe's events and stores those that were not delivered, for
example because of an outage on either side.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from services.payments.store import stripe_events as stripe_events_store
from services.payments.stripe_api import Stripe, StripeProblem, events
from services.payments.webhook.handlers import HANDLERS, reason_to_ignore
from services.payments.webhook.incoming import store_event
from shared.clock import now
from shared.db import Database
from shared.telemetry import log

# An event may be listed a little late, and clocks differ: each poll looks back beyond the one
# before.
OVERLAP = timedelta(minutes=5)
# Stripe lists events for 30 days. At the very first start, earlier events do not matter.
FARTHEST = timedelta(days=29)
# After a long outage there are more events than fit into memory.
BATCH = 100


class GapPoll:
    """Fetches events that were not delivered."""

    def __init__(self, database: Database, stripe: Stripe) -> None:
        self._database, self._stripe = database, stripe

    async def work(self) -> bool:
        """Job: one poll. False: there is never more at once."""
        started, found = now(), 0
        since = await stripe_events_store.polled_until(self._database.reader)
        begin = max(since or started, started - FARTHEST) - OVERLAP
        batch: list[dict[str, Any]] = []
        try:
            async for raw in events.events_since(self._stripe, begin):
                batch.append(raw)
                if len(batch) == BATCH:
                    found += await self._keep_missing(batch)
                    batch = []
        except StripeProblem as why:
            log.warning("events cannot be listed", reason=str(why))
            return False
        found += await self._keep_missing(batch)
        async with self._database.transaction() as db:
            await stripe_events_store.save_polled_until(db, started)
        if found:
            log.info("events found that were not delivered", count=found)
        return False

    async def _keep_missing(self, listed: list[dict[str, Any]]) -> int:
        """Keeps those that are handled and not here yet. How many."""
        # Most are of types that are not handled: those are not even encoded.
        bodies = {raw["id"]: msgspec.json.encode(raw) for raw in listed if raw["type"] in HANDLERS}
        stored = await stripe_events_store.stored_ids(self._database.reader, list(bodies))
        found = 0
        for event_id, body in bodies.items():
            event = events.read(body)
            livemode = self._stripe.livemode
            is_handled = reason_to_ignore(event, livemode=livemode) is None
            if is_handled and event_id not in stored:
                await store_event(self._database, event, body, livemode=livemode)
                found += 1
        return found
