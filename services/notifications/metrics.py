"""Metrics of streams and mails."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

from shared.db import Database
from shared.gauges import seconds_since
from shared.metrics import REGISTRY, database_gauge

OPEN_STREAMS = Gauge("open_streams", "Open event streams", registry=REGISTRY)
MAILS = Counter(
    "mails_total",
    "Mails by outcome: sent, failed (permanently refused), expired (refused for two days), void"
    " (subject over, or not wanted), deferred (to be retried)",
    ["kind", "outcome"],
    registry=REGISTRY,
)
MAILS_WAITING = database_gauge("mails_waiting", "Mails that are due but not sent")
MAILS_OLDEST = database_gauge(
    "mails_oldest_seconds", "For how long the oldest due mail has been due"
)


async def collect_mails(database: Database) -> None:
    """GaugeCollector: the number of due mails, and how long the oldest has been due."""
    row = await database.reader.row(
        "select count(*) as waiting, min(due_at) as oldest from notifications.mails"
        " where state = 'due' and due_at <= now()"
    )
    assert row is not None
    MAILS_WAITING.set(row["waiting"])
    MAILS_OLDEST.set(seconds_since(row["oldest"]))
