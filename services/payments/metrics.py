"""Metrics of payments: calls to Stripe, steps of the saga, Stripe's events, and pending work."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from services.payments.domain.operations import ON_A_CARD, StepKind, StepState
from shared.metrics import REGISTRY, SWEPT, database_gauge

STRIPE_CALLS = Counter(
    "stripe_calls_total",
    "Calls to Stripe by outcome: ok, declined, refused, unauthorized, limited, failed, unreachable",
    ["operation", "outcome"],
    registry=REGISTRY,
)
STRIPE_SECONDS = Histogram(
    "stripe_call_seconds",
    "Duration of calls to Stripe, including failed ones",
    ["operation"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
STEPS = Counter(
    "payment_steps_total",
    "Attempts of saga steps by outcome: done, failed, rescheduled",
    ["kind", "outcome"],
    registry=REGISTRY,
)
OPERATIONS = database_gauge("payment_operations", "Open steps of the saga", ["kind", "state"])
OPERATIONS_OLDEST = database_gauge(
    "payment_operations_oldest_seconds",
    "How long the oldest open step has been tried or, if it was not sent yet, due",
    ["kind", "state"],
)
STRIPE_EVENTS = Counter(
    "stripe_events_total",
    "Attempts to handle Stripe's events by outcome: handled, ignored, rescheduled, failed",
    ["outcome"],
    registry=REGISTRY,
)
EVENTS_PENDING = database_gauge("stripe_events_pending", "Stripe's events not handled yet")
EVENTS_OLDEST = database_gauge("stripe_events_oldest_seconds", "Age of the oldest unhandled event")
PAYOUTS_PENDING = database_gauge("payouts_pending", "Payouts that wait to be sent")
PAYOUTS_OLDEST = database_gauge(
    "payouts_oldest_seconds", "How long the oldest payout has been waiting since it was due"
)
DIFFERENCES = Gauge(
    "reconciliation_differences",
    "Differences found by the last daily comparison with Stripe",
    registry=REGISTRY,
)
DEBTS = Gauge(
    "payments_owed",
    "Debts of seekers found by the last daily comparison",
    registry=REGISTRY,
)
WRITTEN_OFF = Counter(
    "payments_written_off_total",
    "Debts written off because no card can be charged so little",
    ["currency"],
    registry=REGISTRY,
)
RECONCILED = Gauge(
    "reconciliation_timestamp_seconds",
    "When this process last completed a comparison with Stripe, or was started",
    registry=REGISTRY,
)

# Prometheus sees no increase in a counter that starts above zero, so counters with alerts are
# initialised to 0.
for _kind in StepKind:
    if _kind not in ON_A_CARD:  # whose cards banks decline
        STEPS.labels(_kind, StepState.FAILED)
for _outcome in ("handled", "ignored", "rescheduled", "failed"):
    STRIPE_EVENTS.labels(_outcome)
for _what in ("payment", "payout"):
    SWEPT.labels(_what)
