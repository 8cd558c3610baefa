"""Metrics of streams and mails."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

from shared.metrics import REGISTRY, database_gauge

OPEN_STREAMS = Gauge("open_streams", "Open event streams", registry=REGISTRY)
MAILS = Counter(
    "mails_total",
    "Mails by outcome: sent, failed (permanently refused), expired (refused for two days), void"
    " (subject over, or not wanted), deferred (to be retried), error (a fault of ours, to be"
    " retried)",
    ["kind", "outcome"],
    registry=REGISTRY,
)
MAILS_WAITING = database_gauge("mails_waiting", "Mails that are due but not sent")
MAILS_OLDEST = database_gauge(
    "mails_oldest_seconds", "For how long the oldest due mail has been due"
)
