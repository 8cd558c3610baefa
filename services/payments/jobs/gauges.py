"""Collects the gauges of open work from the database."""

from __future__ import annotations

from services.payments.metrics import (
    EVENTS_OLDEST,
    EVENTS_PENDING,
    OPERATIONS,
    OPERATIONS_OLDEST,
    PAYOUTS_OLDEST,
    PAYOUTS_PENDING,
)
from services.payments.queries import backlog
from shared.db import Database
from shared.gauges import GaugeCollector, seconds_since


def gauge_collectors() -> list[GaugeCollector]:
    """The collectors of this service's gauges."""
    return [collect_payments]


async def collect_payments(database: Database) -> None:
    """GaugeCollector: open steps, Stripe's events that are not handled, and payouts to be sent."""
    steps = await backlog.open_steps(database.reader)
    OPERATIONS.clear()
    OPERATIONS_OLDEST.clear()
    for one in steps:
        OPERATIONS.labels(one.kind, one.state).set(one.number)
        OPERATIONS_OLDEST.labels(one.kind, one.state).set(seconds_since(one.since))
    events = await backlog.pending_events(database.reader)
    EVENTS_PENDING.set(events.number)
    EVENTS_OLDEST.set(seconds_since(events.since))
    payouts = await backlog.pending_payouts(database.reader)
    PAYOUTS_PENDING.set(payouts.number)
    PAYOUTS_OLDEST.set(seconds_since(payouts.since))
