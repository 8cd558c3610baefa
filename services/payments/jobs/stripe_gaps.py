"""The job `stripe-gaps`: asks Stripe for its events and keeps those that no delivery brought, after
an outage of ours or theirs.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from sqlalchemy.dialects.postgresql import insert

from services.payments.store import stripe_events as store
from services.payments.stripe_api import Stripe, Uncertain, events
from services.payments.tables import gap_poll
from services.payments.webhook.handlers import HANDLERS
from shared.clock import now
from shared.db import Database
from shared.telemetry import log

# An event may be listed a little late, and clocks differ: each poll looks back beyond the one
# before.
OVERLAP = timedelta(minutes=5)
# Stripe lists events for 30 days; at the very first start nothing of before is ours.
FARTHEST = timedelta(days=29)


class GapPoll:
    """Fills gaps in what Stripe has told us."""

    def __init__(self, database: Database, stripe: Stripe) -> None:
        self._database, self._stripe = database, stripe

    async def work(self) -> bool:
        """Job: one poll. False: there is never more at once."""
        started = now()
        since = await self._database.reader.value("select polled_until from payments.gap_poll")
        try:
            found = await self._missing(max(since or started, started - FARTHEST) - OVERLAP)
        except Uncertain as why:
            log.warning("events cannot be listed", reason=str(why))
            return False
        for event, body in reversed(found):  # oldest first
            await store.keep(self._database, event, body, handled=True)
        async with self._database.transaction() as db:
            await db.execute(
                insert(gap_poll)
                .values(id=1, polled_until=started)
                .on_conflict_do_update(index_elements=["id"], set_={"polled_until": started})
            )
        if found:
            log.info("events found that were not delivered", count=len(found))
        return False

    async def _missing(self, since: datetime) -> list[tuple[store.StripeEvent, bytes]]:
        listed: dict[str, bytes] = {}
        async for raw in events.events_since(self._stripe, since):
            if raw["type"] in HANDLERS:
                listed[raw["id"]] = msgspec.json.encode(raw)
        rows = await self._database.reader.rows(
            "select event_id from payments.stripe_events where event_id = any($1::text[])",
            list(listed),
        )
        for row in rows:
            del listed[row["event_id"]]
        return [(store.read(body), body) for body in listed.values()]
