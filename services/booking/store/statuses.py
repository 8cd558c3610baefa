"""Conditions on the status of bookings."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, literal_column

from services.booking.domain.model import Status
from services.booking.tables import bookings


def in_status(statuses: Iterable[Status]) -> ColumnElement[bool]:
    """Whether a booking is in one of `statuses`, which are literals: with parameters, a prepared
    statement could not use a partial index.
    """
    return bookings.c.status.in_([literal_column(f"'{status}'") for status in sorted(statuses)])


def status_list(statuses: Iterable[Status]) -> str:
    """The same literals as a list in the text of a statement, without parentheses."""
    return ", ".join(f"'{status}'" for status in sorted(statuses))
