"""Prometheus metrics. Served at /metrics on each service's internal port, and on the gateway's
METRICS_LISTEN; never through the gateway.

Labels have few values, all defined by us: none is an id, a name or anything else chosen by clients,
because every new value uses memory for as long as the process lives. Gauges read from the database
are exported by one replica, those read from the broker are the same in every replica (`max by (…)`
for both); counters are per process (`sum by (…)`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

REGISTRY = CollectorRegistry()
ProcessCollector(
    registry=REGISTRY
)  # process_resident_memory_bytes, process_open_fds, process_cpu_seconds_total …

CONTENT_TYPE = "text/plain; version=0.0.4"
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))

# Gauges read from the database, by one replica at a time; and whether they have labels.
_database_gauges: list[tuple[Gauge, bool]] = []


def database_gauge(name: str, documentation: str, labels: Sequence[str] = ()) -> Gauge:
    """A gauge that a GaugeCollector sets, and that the other replicas do not export."""
    gauge = Gauge(name, documentation, labels, registry=REGISTRY)
    _database_gauges.append((gauge, bool(labels)))
    return gauge


def clear_database_gauges() -> None:
    """Stops exporting them from this replica: no value rather than an outdated one."""
    for gauge, has_labels in _database_gauges:
        if has_labels:
            gauge.clear()
        else:
            gauge.set(math.nan)


REQUESTS = Histogram(
    "http_request_seconds",
    "Response time, by route and status",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
DEPENDENCY_UP = Gauge(
    "dependency_up", "1 while this process reaches it, else 0", ["dependency"], registry=REGISTRY
)
DATABASE_SIZE = database_gauge(
    "database_size_bytes", "Size of the whole database on its server's disk"
)

# ---- events

OUTBOX_PENDING = database_gauge("outbox_pending", "Events written and not yet published")
OUTBOX_LAG = database_gauge("outbox_lag_seconds", "Age of the oldest unpublished event")
PUBLISHED = Counter(
    "events_published_total", "Events confirmed by the broker", ["type"], registry=REGISTRY
)
EVENTS_REFUSED = Counter(
    "events_refused_total",
    "Events that the broker refused: too large, or not routable",
    ["type"],
    registry=REGISTRY,
)
REFUSED_EVENTS = database_gauge(
    "refused_events",
    "Events refused repeatedly by the broker and set aside for an operator",
)
DELIVERIES = Counter(
    "event_deliveries_total",
    "Deliveries by outcome: handled, repeated (done before), retried, dead",
    ["type", "outcome"],
    registry=REGISTRY,
)
QUEUE_MESSAGES = Gauge(
    "queue_messages", "Messages waiting in this service's queues", ["queue"], registry=REGISTRY
)
DEAD_LETTERS = Gauge(
    "dead_letters",
    "Messages that this service could not handle, waiting for an operator",
    registry=REGISTRY,
)

# ---- jobs

JOB_RUNS = Counter(
    "job_runs_total",
    "Runs of scheduled jobs by outcome: done, failed",
    ["name", "outcome"],
    registry=REGISTRY,
)
JOB_LAST_DONE = Gauge(
    "job_last_done_timestamp_seconds", "When a job last succeeded", ["name"], registry=REGISTRY
)
SWEPT = Counter(
    "swept_total",
    "What a sweep found past its deadline and processed: bookings by their former status,"
    " payment, payout",
    ["what"],
    registry=REGISTRY,
)


def method_label(method: str) -> str:
    """`method`, or "other" for methods we do not use: clients may invent any number of them."""
    return method if method in METHODS else "other"


def exposition() -> bytes:
    """All metrics in Prometheus's text format."""
    return generate_latest(REGISTRY)
