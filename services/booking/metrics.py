"""Metrics of bookings: how many there are, and for how long."""

from __future__ import annotations

from shared.metrics import database_gauge

BOOKINGS = database_gauge("bookings", "Live bookings", ["status"])
OLDEST = database_gauge(
    "bookings_oldest_seconds", "How long the oldest has been in its status", ["status"]
)
OVERDUE = database_gauge(
    "bookings_overdue_seconds",
    "How long the oldest is past its deadline; above SWEEP_EVERY_SECONDS sweeps do not work",
    ["status"],
)
